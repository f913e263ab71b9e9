"""Changing one group of a case. Only what was changed is sent; whoever comes second loses nothing typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.errors import ErrorCode, NotFound, Refused
from web.ask import Answer, Told, ask, do
from web.forms import Problems, Typed, read_form
from web.groups import GROUPS, NEED, WAS, Group, Value, need_choices, read_need
from web.rendering import page, redirect, render

VERSION = "expectedVersion"
KEEP, THEIRS = "keep.", "theirs"
"""Before the name of an input: which of two values is kept."""
OF_NEED = {"macro": "need", "item": "need", "add": "need"}


@dataclass(frozen=True)
class Sheet:
    """The group as it is now, and whose form it is."""

    answer: Answer
    group: Group | None
    case: Mapping[str, Any]
    values: Sequence[Value]

    @property
    def name(self) -> str:
        return self.group.name if self.group else NEED

    def now(self, value: Value) -> list[str]:
        """Return what the case has for this value, as its input holds it."""
        assert self.group is not None  # noqa: S101 - needs are no values
        return value.written(self.group.of(self.case).get(value.name))


async def sheet(request: Request) -> Sheet:
    """Ask for the group that is to be changed. Raises `NotFound` or `Refused`."""
    name = request.path_params["group"]
    group = GROUPS.get(name)
    if group is None and name != NEED:
        raise NotFound
    include = {one.include: one is group for one in GROUPS.values()}
    variables = {"id": request.path_params["case"], **include, NEED: group is None}
    answer = await ask(request, "case_group", variables)
    case = answer.data["case"]
    values = group.writable(case) if group else []
    may_add = group is None and "needs.macro" in case["viewerCan"]["writeFields"]
    if not case["viewerCan"]["update"] or not (values or may_add):
        raise Refused("error.not_writable")
    return Sheet(answer, group, case, values)


async def edit(request: Request) -> Response:
    """Show the form with what the case has now."""
    made = await sheet(request)
    return form(request, made, fresh(made))


def fresh(made: Sheet) -> Typed:
    """Return a form that nobody has typed in yet."""
    typed = Typed().put(VERSION, str(made.case["version"]))
    for value in made.values:
        typed.put(value.name, *made.now(value)).put(WAS + value.name, *made.now(value))
    return typed


def form(
    request: Request,
    made: Sheet,
    typed: Typed,
    *,
    problems: Sequence[Any] = (),
    conflict: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """Render the form; after a conflict, with what is there now beside what was typed."""
    names = [*(value.name for value in made.values), "need", "note", "remove"]
    return render(
        request,
        "case_edit.html",
        made.answer.language,
        status=status,
        viewer=made.answer.data["viewer"],
        case=made.case,
        group=made.name,
        values=made.values,
        typed=typed,
        problems=problems,
        inputs=names,
        conflict=conflict,
        again={} if conflict is None else {"conflict": conflict},
        now={value.name: shown(made, value) for value in made.values},
        needs=need_choices(made.answer.language) if made.group is None else (),
    )


def shown(made: Sheet, value: Value) -> str:
    """Return what the case has, for a person to read."""
    assert made.group is not None  # noqa: S101 - needs are no values
    return value.shown(made.group.of(made.case).get(value.name), made.answer.language)


async def save(request: Request) -> Response:
    """Send what was changed and go back to the case, or show what is wrong."""
    typed = await read_form(request)
    made = await sheet(request)
    problems: Problems = []
    changes = changed(made, typed, problems)
    if problems:
        return form(request, made, typed, problems=problems, status=422)
    back = f"/cases/{made.case['id']}?saved={made.name}#{made.name}"
    if not changes:
        return redirect(back)
    given = {"caseId": made.case["id"], VERSION: typed.version(VERSION), **changes}
    try:
        _, found = await do(request, f"update_{made.name}", given, once=typed.once)
    except Told as told:
        if told.code != ErrorCode.CONFLICT:
            raise
        return await in_conflict(request, typed, told.extensions.get("conflict") or {})
    if found:
        at_inputs = [{**one, "path": [OF_NEED.get(part, part) for part in one["path"]]} for one in found]
        return form(request, made, typed, problems=at_inputs, status=422)
    return redirect(back)


def changed(made: Sheet, typed: Typed, problems: Problems) -> dict[str, Any]:
    """Return what the form changes, as the API takes it."""
    if made.group is None:
        need = read_need(typed, made.answer.language, problems)
        removed = typed.all("remove")
        return {"add": [need] if need else [], "remove": removed} if need or removed else {}
    return {
        value.name: value.read(typed, made.answer.language, problems)
        for value in made.values
        if is_touched(value, typed) and typed.text(KEEP + value.name) != THEIRS
    }


def is_touched(value: Value, typed: Typed) -> bool:
    """Tell whether an input holds something else than it did when the form was made."""
    if value.kind == "choices":
        return sorted(typed.all(value.name)) != sorted(typed.all(WAS + value.name))
    return typed.text(value.name) != typed.text(WAS + value.name)


async def in_conflict(request: Request, typed: Typed, told: Mapping[str, Any]) -> Response:
    """Show both versions: what was typed stays in its input, what others changed meanwhile is taken over."""
    made = await sheet(request)
    merged, differing = fresh(made), []
    for value in made.values:
        if is_touched(value, typed):
            merged.put(value.name, *typed.values.get(value.name, [""]))
            if is_touched(value, merged):
                differing.append(value.name)
    for name in ("need", "note", "remove"):
        merged.put(name, *typed.values.get(name, [""]))
    conflict = {"fields": differing, "by": told.get("by"), "at": told.get("at")}
    return form(request, made, merged, conflict=conflict, status=409)


ROUTES = [
    Route("/cases/{case}/edit/{group}", page(edit), methods=["GET"]),
    Route("/cases/{case}/edit/{group}", page(save), methods=["POST"]),
]
