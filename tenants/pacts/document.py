"""Reads the file in which a pact is written: YAML without anything that could surprise the one who signs it."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from authz.checked import Place
from authz.faults import Fault, PactError

LARGEST = 256 * 1024
DEEPEST = 20
MERGE = "tag:yaml.org,2002:merge"


class _PlainLoader(yaml.SafeLoader):
    """YAML's plain values; no references, a few of which can unfold into gigabytes, and no tags."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise refusal("alias", event.start_mark)
        if getattr(event, "tag", None):
            raise refusal("not_readable", event.start_mark, what=f"the tag {event.tag}")
        if self.depth > DEEPEST:
            raise refusal("not_readable", event.start_mark, what="nested too deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise refusal("not_readable", key.start_mark, what="a name that is no text")
            if key.tag == MERGE:
                raise refusal("alias", key.start_mark)
            if key.value in seen:
                raise refusal("repeated_key", key.start_mark, key=key.value)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_document(path: Path) -> object:
    """Return what the file says. Raises `PactError`, or `OSError` if there is no such file."""
    with path.open("rb") as file:
        return parse_document(file.read(LARGEST + 1))


def parse_document(written: bytes) -> object:
    """Return what the bytes say, as plain values for `parse_pact`. Raises `PactError`."""
    if len(written) > LARGEST:
        raise refusal("too_large", limit=LARGEST)
    try:
        return yaml.load(written.decode("utf-8-sig"), _PlainLoader)  # noqa: S506 - a SafeLoader that is stricter still
    except yaml.MarkedYAMLError as error:
        raise refusal("not_readable", error.problem_mark, what=error.problem or "?") from None
    # The last two are numbers with too many digits, dates that do not exist and bytes that are no text.
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise refusal("not_readable", what=type(error).__name__) from None


def refusal(text: str, mark: yaml.Mark | None = None, **values: object) -> PactError:
    """Return the refusal of the whole document, with the line where it was met."""
    faults: list[Fault] = []
    Place(None, faults, f"YAML {mark.line + 1}" if mark else "YAML").fault(text, **values)
    return PactError(faults)
