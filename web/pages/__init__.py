"""The pages: each asks one GraphQL operation and renders its answer."""

from collections.abc import Sequence

from starlette.routing import Route

from web.pages import (
    access_log,
    account,
    attaching,
    authorisations,
    cases,
    editing,
    gallery,
    integrators,
    invitations,
    joint_work,
    members,
    moving,
    network,
    notifications,
    opening,
    public,
    resetting,
    second_factor,
    sign_in,
    today,
)


def routes() -> Sequence[Route]:
    """Return every page."""
    of_cases = (opening, cases, editing, moving, authorisations, attaching, joint_work, access_log)
    of_people = (sign_in, resetting, account, second_factor, members, invitations)
    modules = (*of_people, today, notifications, *of_cases, network, integrators, public, gallery)
    return [route for module in modules for route in module.ROUTES]
