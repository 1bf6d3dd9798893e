"""The diagram in the documentation is that of the table."""

import re
from pathlib import Path

from matching.lifecycle import MOVES, diagram

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matching.md"
BLOCK = re.compile(r"<!-- life cycle: [^>]*-->\n```mermaid\n(.*?)\n```\n<!-- end -->", re.S)


def test_the_documented_diagram_is_current():
    assert BLOCK.findall(PAGE.read_text()) == [diagram()]


def test_the_diagram_has_every_move_once():
    drawn = re.findall(r"^    (\w+) --> (\w+): [a-z_, ]+$", diagram(), re.M)
    assert sorted(drawn) == sorted((source.value, target.value) for source, target in MOVES)
