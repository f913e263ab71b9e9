"""The page that is measured, and the SQL that it is compiled to."""

import json

from api.identity import Credentials
from api.operation import Ask, answer
from api.reading import answer as reading
from infra.clock import new_id
from infra.database import SERVING_ROLE, as_role, close_pool, open_pool
from tenants.members.secrets import hash_of

DOCUMENT = """
query Page {
  cases(first: 50) {
    edges { node {
      id number status openedOn holder { slug name }
      person { identity { givenName familyName bornOn sex } contacts { municipality phone email } }
      work { profile history }
      needs { id macro item recordedOn }
      jointInterventions { nodes { id status purpose } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def compiled_page(url: str, secret: str, token: str) -> str:
    """Ask for the page once and return, as JSON, the SQL that it became."""
    await open_pool(as_role(url, SERVING_ROLE, secret), max_size=1)
    try:
        credentials = Credentials(hash_of(token), "bearer")
        result = (await answer(Ask(DOCUMENT, {}, None), credentials, new_id())).result
        if result.errors:
            raise RuntimeError(f"the page cannot be measured: {result.errors[0].message}")
        statement = reading._kept.newest()
        return json.dumps({"text": statement.text, "parameters": statement.parameters})
    finally:
        await close_pool()
