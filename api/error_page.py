"""The page that `docUrl` leads to: every code of errors and problems, with what a person is told."""

from html import escape
from string import Formatter

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.errors import ErrorCode, ProblemCode
from infra.messages import MESSAGES, say

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>WIN: errors</title></head><body><h1>Errors</h1>
<p>Every entry of <code>errors</code> carries one of these codes in <code>extensions.code</code>.</p>
{codes}
<h1>Problems</h1>
<p>A payload's <code>problems</code> tell what a person can mend. Each has one of these codes, where it is, and a
message; a message may say more than the usual one that stands here.</p>
{problems}
</body></html>
"""
CODE = '<h2 id="{anchor}"><code>{code}</code></h2>\n<p lang="en">{english}</p>\n<p lang="it">{italian}</p>'


async def error_page(_request: Request) -> Response:
    """Answer the page."""
    return HTMLResponse(
        PAGE.format(
            codes="\n".join(described("error", code) for code in ErrorCode),
            problems="\n".join(described("problem", code) for code in ProblemCode),
        )
    )


def described(kind: str, code: ErrorCode | ProblemCode) -> str:
    """Return one code's part of the page, with dots where a message has values."""
    text = f"{kind}.{code.lower()}"
    values = {name: "…" for sentence in MESSAGES[text] for _, name, _, _ in Formatter().parse(sentence) if name}
    return CODE.format(
        anchor=code.lower().replace("_", "-"),
        code=code.value,
        english=escape(say("en", text, **values)),
        italian=escape(say("it", text, **values)),
    )
