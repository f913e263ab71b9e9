"""The pages: each asks one GraphQL operation and renders its answer."""

from collections.abc import Sequence

from starlette.routing import Route

from web.pages import (
    access_log,
    authorisations,
    cases,
    editing,
    integrators,
    joint_work,
    network,
    opening,
    sign_in,
    today,
)


def routes() -> Sequence[Route]:
    """Return every page."""
    modules = (sign_in, today, opening, cases, editing, authorisations, joint_work, access_log, network, integrators)
    return [route for module in modules for route in module.ROUTES]
