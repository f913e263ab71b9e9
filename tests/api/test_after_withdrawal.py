"""What a partner is left with when its ground ends: the fact of the joint work, and nothing of the case."""

from typing import Any

from tests.api.test_main_job import LOG, WITHDRAW, Job, accept, consent_and_propose, open_and_write
from tests.conftest import Ask

WORK = """
query Work($id: ID!) { node(id: $id) { ... on JointIntervention {
  status purpose message fields closedAt closingReason holder { slug } case { id }
  partners { organisation { slug } status declineReason authorisations { id } } viewerCan { attach } } } }"""
EVERYWHERE = """
query Everywhere($case: ID!, $number: String!) {
  byName: cases(filter: {name: "Prova"}) { totalCount nodes { id } }
  byTown: cases(filter: {municipality: "048014"}, first: 100) { nodes { id } }
  byNumber: cases(filter: {number: $number}) { totalCount }
  jointInterventions(first: 100) { nodes { id message fields case { number person { reference } } } }
  notifications(first: 100) { nodes { text caseId jointIntervention { message fields } } }
  node(id: $case) { ... on Case { number } }
}"""
CLOSE = """
mutation Close($id: ID!) { closeJointIntervention(input: {jointInterventionId: $id, reason: COMPLETED}) {
  jointIntervention { status closingReason } problems { code } } }"""
ATTACH = """
mutation Attach($work: ID!, $consent: ID!) {
  attachAuthorisation(input: {jointInterventionId: $work, authorisationId: $consent}) {
    jointIntervention { status } problems { code message } } }"""
CONSENT = """
mutation Consent($input: GiveAuthorisationInput!) {
  giveAuthorisation(input: $input) { authorisation { id } problems { code } } }"""
AGAIN = {"basis": "CONSENT", "purposes": ["TRAINEESHIP"], "organisations": ["cooperativa-il-ponte"], "fields": ["work"]}


async def work(job: Job, who: str) -> dict[str, Any]:
    body = await job.ask(who, WORK, {"id": job.joint_intervention})
    found: dict[str, Any] = body["data"]["node"]
    return found


async def left(job: Job) -> str:
    """Return all that the partner gets by every way to a case, but for its other cases."""
    body = await job.ask("giulia", EVERYWHERE, {"case": job.case, "number": job.number})
    data = body["data"]
    assert data["node"] is None
    assert data["byNumber"]["totalCount"] == 0
    assert job.case not in [node["id"] for name in ("byName", "byTown") for node in data[name]["nodes"]]
    mine = [one for one in data["jointInterventions"]["nodes"] if one["id"] == job.joint_intervention]
    assert mine == [{"id": job.joint_intervention, "message": None, "fields": None, "case": None}]
    return str(data)


async def test_what_is_left_is_the_fact_and_nothing_of_the_case(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    hidden = {"message": None, "fields": None, "case": None, "closedAt": None, "closingReason": None}
    ponte = {"organisation": {"slug": "cooperativa-il-ponte"}, "declineReason": None, "authorisations": []}
    fact = {"purpose": "TRAINEESHIP", "holder": {"slug": "caritas-empoli"}, "viewerCan": {"attach": False}, **hidden}
    assert await work(job, "giulia") == {**fact, "status": "PROPOSED", "partners": [{**ponte, "status": "INVITED"}]}
    await accept(job)
    seen = await work(job, "giulia")
    assert (seen["status"], seen["message"], seen["case"]) == ("ACCEPTED", "Tirocinio in magazzino?", {"id": job.case})
    assert "identity.name" in seen["fields"]
    await job.do("anna", WITHDRAW, {"id": job.authorisation, "reason": "Non vuole più"}, "withdrawAuthorisation")
    assert await work(job, "giulia") == {**fact, "status": "SUSPENDED", "partners": [{**ponte, "status": "SUSPENDED"}]}
    own = await work(job, "anna")
    assert (own["status"], own["message"], own["viewerCan"]) == (
        "SUSPENDED",
        "Tirocinio in magazzino?",
        {"attach": True},
    )
    assert "Tirocinio in magazzino?" not in await left(job)
    given = {**AGAIN, "caseId": job.case, "until": job.until.isoformat()}
    later = (await job.do("anna", CONSENT, {"input": given}, "giveAuthorisation"))["authorisation"]["id"]
    assert (await work(job, "giulia"))["status"] == "SUSPENDED"
    both = {"work": job.joint_intervention, "consent": later}
    attached = await job.do("anna", ATTACH, both, "attachAuthorisation")
    assert attached["jointIntervention"] == {"status": "ACCEPTED"}
    assert (await work(job, "anna"))["partners"][0]["authorisations"] == [{"id": later}]
    assert (await work(job, "giulia"))["message"] == "Tirocinio in magazzino?"
    closed = await job.do("anna", CLOSE, {"id": job.joint_intervention}, "closeJointIntervention")
    assert closed["jointIntervention"] == {"status": "CLOSED", "closingReason": "COMPLETED"}
    after = await work(job, "giulia")
    assert (after.pop("status"), after.pop("closingReason"), after.pop("closedAt") is None) == (
        *("CLOSED", "COMPLETED"),
        False,
    )
    assert (after["message"], after["fields"], after["case"]) == (None, None, None)
    assert "Tirocinio in magazzino?" not in await left(job)


async def test_why_it_was_ended_is_for_whoever_had_accepted(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    closed = await job.do("anna", CLOSE, {"id": job.joint_intervention}, "closeJointIntervention")
    assert closed["jointIntervention"] == {"status": "CLOSED", "closingReason": "COMPLETED"}
    invited = await work(job, "giulia")
    assert (invited["status"], invited["closingReason"]) == ("CLOSED", None)


async def test_to_read_the_message_is_to_read_of_the_case(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    message = "query ($id: ID!) { node(id: $id) { ... on JointIntervention { message } } }"
    for who, read in (("giulia", None), ("anna", "Tirocinio in magazzino?")):
        body = await ask(who, message, {"id": job.joint_intervention})
        assert body["data"]["node"]["message"] == read
    assert (await ask("anna", LOG, {"id": job.case}))["data"]["accessLog"]["nodes"] == []
    await accept(job)
    before = len((await ask("anna", LOG, {"id": job.case}))["data"]["accessLog"]["nodes"])
    body = await ask("giulia", message, {"id": job.joint_intervention})
    assert body["data"]["node"]["message"] == "Tirocinio in magazzino?"
    entries = (await ask("anna", LOG, {"id": job.case}))["data"]["accessLog"]["nodes"]
    assert len(entries) == before + 1
    assert entries[0]["organisation"] == {"slug": "cooperativa-il-ponte"}
