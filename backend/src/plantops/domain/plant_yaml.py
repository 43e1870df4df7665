"""The same table of plants as YAML: a list of plants. Nothing is built from it but text, and aliases are refused."""

from typing import override

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from .plant_table import COLUMNS, EMPTIED, MOST_ROWS, Row, TableRefused, checked, unknown

LONGEST = 256 * 1024
"""Letters: it is read slowly."""
NULL = "tag:yaml.org,2002:null"


class _Loader(yaml.SafeLoader):
    """Composes nodes, and no alias: a few lines of these could stand for billions."""

    @override
    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise TableRefused("aliases (*) are not read", line=self.line + 1)
        return super().compose_node(parent, index)


def read_yaml(text: str) -> list[Row]:
    """Read a list of plants, each with what would be its columns. Raises TableRefused."""
    if len(text) > LONGEST:
        raise TableRefused(f"YAML may have {LONGEST:,} letters; use CSV for more")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise TableRefused(f"this is no YAML: {error.problem}", line=mark.line + 1 if mark else 1) from None
    except yaml.YAMLError:
        raise TableRefused("this is no YAML") from None
    except RecursionError:
        raise TableRefused("it is nested too deeply") from None
    finally:
        loader.dispose()
    if not isinstance(root, SequenceNode):
        raise TableRefused("this is no list of plants, each of which begins with `- name: …`")
    if len(root.value) > MOST_ROWS:
        raise TableRefused(f"there may be {MOST_ROWS:,} plants in one table")
    return [_plant(node) for node in root.value]


def _plant(node: Node) -> Row:
    line = node.start_mark.line + 1
    if not isinstance(node, MappingNode):
        raise TableRefused("this is no plant with its columns", line=line)
    cells: dict[str, str] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else "?"
        where = key.start_mark.line + 1
        if name not in COLUMNS:
            raise TableRefused(unknown(name), line=where, column=name[:80])
        if name in cells:
            raise TableRefused("this column stands twice", line=where, column=name)
        cells[name] = _text(value, name)
    return checked(line, cells.items())


def _text(node: Node, name: str) -> str:
    if isinstance(node, ScalarNode):
        return EMPTIED if node.tag == NULL else str(node.value)
    if name == "channels" and isinstance(node, SequenceNode) and all(isinstance(one, ScalarNode) for one in node.value):
        return " ".join(one.value for one in node.value)
    raise TableRefused("text or a number is needed here", line=node.start_mark.line + 1, column=name)
