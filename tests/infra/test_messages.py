"""How a sentence is made of its template and its values; that all sentences are there is a house rule."""

import pytest

from infra.messages import say


def test_values_are_put_in_and_never_read_as_a_template() -> None:
    told = say("en", "request.fragment", name="{limit} %s {0}")
    assert told == "The fragment {limit} %s {0} is defined twice, or it contains itself."
    with pytest.raises(KeyError):
        say("it", "error.nobody_wrote_this")
