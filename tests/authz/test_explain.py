"""A denial names the nearest missing condition, in one order."""

from itertools import product

import pytest

from authz.explain import CONDITIONS, Masks, Reason, explain

BIT = 20
OTHERS = (1 << 62) - 1 ^ 1 << BIT


@pytest.mark.parametrize("has", list(product([False, True], repeat=4)))
def test_first_missing_condition_is_the_reason(has: tuple[bool, ...]) -> None:
    # Every other bit is the opposite: the answer is about one field and no other.
    masks = Masks(*(1 << BIT if there else OTHERS for there in has))
    expected = [Reason.NOT_IN_PACT, Reason.NOT_AUTHORISED, Reason.NOT_OFFERED, Reason.ROLE]
    assert explain(masks, BIT) is next(
        (why for why, there in zip(expected, has, strict=True) if not there), Reason.SHARED
    )


def test_own_case_is_called_so() -> None:
    assert explain(Masks(1, 1, 1, 1, own=True), 0) is Reason.OWN_CASE
    assert explain(Masks(1, 1, 1, 0, own=True), 0) is Reason.ROLE


def test_order_is_the_one_that_the_read_path_renders() -> None:
    assert CONDITIONS == (
        (Reason.NOT_IN_PACT, "pact_mask"),
        (Reason.NOT_AUTHORISED, "authorised_mask"),
        (Reason.NOT_OFFERED, "read_mask"),
        (Reason.ROLE, "role_mask"),
    )
