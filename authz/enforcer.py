"""The one place that builds a Casbin enforcer, and refuses every way in which Casbin could allow by accident."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import casbin
from casbin.constant.constants import ALLOW_AND_DENY_EFFECT

BANNED = ("eval", "regexMatch", "keyMatch", "keyGet", "globMatch", "ipMatch", "timeMatch", "||", "!")
"""What a matcher must not contain: only `==`, `&&` and the role function `g` answer alike in every engine."""

Line = Sequence[str]


class PolicyError(Exception):
    """A policy that is empty, incomplete or not of our closed vocabulary; it decides nothing."""


def model_text(name: str) -> str:
    """Return the text of a model that is shipped beside this module."""
    return files("authz").joinpath(name).read_text(encoding="utf-8")


def build_enforcer(model: str, rules: Iterable[Line], links: Iterable[Line]) -> casbin.Enforcer:
    """Return an enforcer that holds exactly these rules and links, given as values and never as text.

    Raises `PolicyError`.
    """
    loaded = casbin.Enforcer.new_model(text=model)
    _require_safe(loaded)
    for section, lines in (("p", rules), ("g", links)):
        _load(loaded, section, [list(line) for line in lines])

    enforcer = _OfOneMatcher(loaded)
    enforcer.build_role_links()
    return enforcer


class _OfOneMatcher(casbin.Enforcer):  # type: ignore[misc]  # casbin's own is untyped
    """Casbin's enforcer, which reads its matcher once and not for each question: matcher and links stay as they are."""

    _matcher: Any = None

    def _get_expression(self, expr: str, functions: Any = None) -> Any:
        if self._matcher is None:
            self._matcher = super()._get_expression(expr, functions)
        return self._matcher


def _require_safe(model: Any) -> None:
    effect, matcher = model["e"]["e"].value, model["m"]["m"].value
    if effect != ALLOW_AND_DENY_EFFECT:
        raise PolicyError(f"the effect must be allow and no deny, not {effect!r}")
    for word in BANNED:
        if word in matcher:
            raise PolicyError(f"the matcher must not contain {word!r}")


def _load(model: Any, section: str, lines: list[list[str]]) -> None:
    if not lines:
        raise PolicyError("the policy is empty")

    width, effect = len(model[section][section].tokens), model.get_field_index("p", "eft")
    for line in lines:
        if len(line) != width or not all(isinstance(value, str) and value for value in line):
            raise PolicyError(f"not a line of {width} words: {line!r}")
        if section == "p" and line[effect] not in ("allow", "deny"):
            raise PolicyError(f"no effect is called {line[effect]!r}: write allow or deny")
        model.add_policy(section, section, line)

    if {tuple(line) for line in model[section][section].policy} != {tuple(line) for line in lines}:
        raise PolicyError("the policy is half loaded")
