"""The page that `docUrl` leads to: every error code, with what a person is told."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.errors import ErrorCode
from infra.messages import say

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>WIN: errors</title></head><body><h1>Errors</h1>
<p>Every entry of <code>errors</code> carries one of these codes in <code>extensions.code</code>.</p>
{codes}
</body></html>
"""
CODE = '<h2 id="{anchor}"><code>{code}</code></h2>\n<p lang="en">{english}</p>\n<p lang="it">{italian}</p>'


async def error_page(_request: Request) -> Response:
    """Answer the page."""
    return HTMLResponse(PAGE.format(codes="\n".join(described(code) for code in ErrorCode)))


def described(code: ErrorCode) -> str:
    """Return one code's part of the page."""
    text, sample = (
        f"error.{code.lower()}",
        {"expected": "…", "actual": "…", "seconds": "…", "action": "…", "allowed": "…"},
    )
    return CODE.format(
        anchor=code.lower().replace("_", "-"),
        code=code.value,
        english=escape(say("en", text, **sample)),
        italian=escape(say("it", text, **sample)),
    )
