"""Layout features and their values in words, for pages and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.labels import ALIGN_NAMES
from analysis.layout.body.fixed_parts import EDITOR_NAMES
from analysis.layout.body.headings import HEADING_NAMES
from analysis.layout.distance import shown_figure
from analysis.layout.entries import Change
from analysis.layout.measures import FEATURES

__all__ = ["VALUE_NAMES", "Difference", "read_difference"]

VALUE_NAMES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "text_align": ("对齐", ALIGN_NAMES),
    "text_color": ("文字颜色", {}),
    "indent": ("首行缩进", {"em": "缩进", "space": "空格"}),
    "editor": ("制作工具", EDITOR_NAMES),
    "paragraph_gap": ("段落间", {"blank": "空行", "margin": "段距", "none": "没有"}),
    "heading_style": ("小标题", HEADING_NAMES),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a redesign changed, as people call it; None is without."""

    what: str
    before: str | None
    after: str | None


def read_difference(entry: str) -> Difference:
    """One entry of a redesign's `changed` in words."""
    name, before, after = Change.parse(entry)
    what, words = VALUE_NAMES.get(name, (name, {}))
    if name in FEATURES:
        return Difference(
            FEATURES[name].name,
            *(shown_figure(FEATURES[name], float(value)) for value in (before, after)),
        )
    return Difference(what, *(words.get(value, value) or None for value in (before, after)))
