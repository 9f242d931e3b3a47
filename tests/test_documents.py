"""The documents say what the code does: references are the code's own, links lead somewhere."""

from __future__ import annotations

import re

import pytest

from tests.support.places import ROOT
from tests.support.reference import README, render_reference

DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not {".venv", ".git"} & set(path.parts))
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
COMMAND = re.compile(r"^\| (`[a-z`、, ]+`) \|", re.MULTILINE)


@pytest.mark.parametrize("part", ["commands", "studies"])
def test_the_reference_is_the_codes_own(part: str) -> None:
    text = README.read_text(encoding="utf-8")
    inside = text.partition(f"<!-- {part} -->")[2].partition(f"<!-- end of {part} -->")[0]
    assert inside.strip() == render_reference()[part], "run `make docs`"


def test_every_link_leads_somewhere() -> None:
    for path in DOCUMENTS:
        for link in LINK.findall(path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.relative_to(ROOT)}: {link}"


def test_the_readmes_are_short_and_equal_line_for_line() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8").splitlines()
        for name in ("README.md", "README.zh-CN.md")
    )
    assert len(english) == len(chinese) <= 110
    assert sum(map(len, english)) <= 6500
    shapes = [[re.match(r"[#|*$`]*", line)[0] for line in lines] for lines in (english, chinese)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_is_in_the_readmes(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    rows = "".join(COMMAND.findall(text))
    commands = set(re.findall(r"`([a-z]+)`", rows))
    assert commands == set(re.findall(r"^### ([a-z]+)$", README.read_text("utf-8"), re.MULTILINE))
