"""The exported policy, asked of Casbin for Node: the same answers as the masks that are enforced."""

import json
import random
from itertools import groupby
from pathlib import Path
from typing import Any

from authz.compile import Grants
from tests.authz.test_demonstration_pacts import MAIN, answer, exported, grants, questions  # noqa: F401
from tests.peers.conftest import Peer

ASKED, ASKED_OF_ALL = 10_000, 30


def grouped(asked: list[Any]) -> list[dict[str, Any]]:
    """Return the questions by what they are about, each with the organisations of which it is asked."""

    def about(question: Any) -> tuple[str, str, str]:
        return question[2].key, question[3], str(question[1])

    return [
        {"field": field, "act": act, "purpose": purpose, "organisations": [question[0] for question in same]}
        for (field, act, purpose), same in groupby(sorted(asked, key=about), about)
    ]


def test_another_casbin_answers_ten_thousand_questions_alike(
    peer: Peer,
    grants: Grants,  # noqa: F811 - the fixture
    exported: tuple[str, str],  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    chance = random.Random(5511)  # noqa: S311 - repeatable
    every = list(questions())
    allowed = [question for question in every if answer(grants, *question)]
    few = chance.sample(allowed, ASKED_OF_ALL // 2) + chance.sample(every, ASKED_OF_ALL // 2)
    groups, whole = grouped(every), grouped(few)
    groups = chance.sample(groups, ASKED // len(groups[0]["organisations"]) + 1)
    assert sum(len(one["organisations"]) for one in groups) >= ASKED
    (tmp_path / "asked.json").write_text(json.dumps({"territory": MAIN, "groups": groups, "whole": whole}))
    told = peer("casbin.js", *exported, str(tmp_path / "asked.json"))

    expected = {
        (slug, field.key, act, str(purpose)): answer(grants, slug, purpose, field, act)
        for slug, purpose, field, act in every
    }
    for asked, answers in ((groups, told["some"]), (whole, told["all"])):
        ours = [
            [expected[slug, one["field"], one["act"], one["purpose"]] for slug in one["organisations"]] for one in asked
        ]
        assert answers == ours
    assert any(
        expected[slug, one["field"], one["act"], one["purpose"]] for one in groups for slug in one["organisations"]
    )
