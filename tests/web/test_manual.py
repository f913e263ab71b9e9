"""The documentation as the product shows it: every page, and no link that leads nowhere."""

import re

from tests.web.conftest import Visit
from web.manual import DOCS, names, rendered

LINK = re.compile(r'(?:href|src)="([^"]+)"')
ID = re.compile(r'id="([^"]+)"')


def test_every_link_of_every_page_leads_somewhere() -> None:
    pages = {name: str(rendered(name)[1]) for name in names()}
    assert len(pages) > 30
    known = {f"/docs/{name}" for name in pages} | {f"/docs/pictures/{file.name}" for file in DOCS.glob("pictures/*")}
    parts = {f"/docs/{name}#{part}" for name, body in pages.items() for part in ID.findall(body)}
    for name, body in pages.items():
        links = [link if not link.startswith("#") else f"/docs/{name}{link}" for link in LINK.findall(body)]
        ours = [link for link in links if link.startswith("/docs/")]
        assert [link for link in ours if link not in (parts if "#" in link else known)] == [], name
        assert [link for link in links if not link.startswith(("/docs/", "/", "http"))] == [], name


def test_nobody_writes_html_of_their_own() -> None:
    assert "<script" not in "".join(str(rendered(name)[1]) for name in names())


async def test_the_pictures_of_the_guide_are_for_everybody(visit: Visit) -> None:
    somebody = await visit()
    page = await somebody.open("/help")
    pictures = re.findall(r'<details class="picture"><summary>[^<]+</summary><img src="([^"]+)"', page.source)
    assert len(pictures) == len(list(DOCS.glob("pictures/*.png"))) > 0
    for picture in pictures:
        answer = await somebody.client.get(picture)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")


async def test_members_find_the_guide_the_operations_and_the_pictures(visit: Visit) -> None:
    anna = await visit("anna")
    page = await anna.open("/docs")
    assert (anna.status, "GraphQL, for integrators" in page.text) == (200, True)
    assert {"/docs/operations", "/docs/schema", "/docs/errors", "/graphql"} <= set(page.links)
    assert "acceptJointIntervention" in (await anna.open("/docs/operations")).text
    picture = await anna.client.get("/docs/pictures/oggi.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    for absent in ("/docs/nothing", "/docs/../README", "/docs/decisions", "/docs/pictures/..%2Fpictures%2Foggi.png"):
        assert (await anna.client.get(absent)).status_code == 404
    assert "/docs" in (await anna.open("/today")).links


async def test_a_stranger_signs_in_first(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/docs")
    assert somebody.address == "/sign-in"
