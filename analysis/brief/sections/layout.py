"""How accounts lay out their articles, as a brief shows it: the template in use, palette, fixed
parts, redesigns, distance to peers and guides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ARTICLES
from analysis.layout.body.fixed_parts import EDITOR_NAMES, LEAD_IN_NAMES, PART_NAMES
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES, NEWSPAPER_NAMES, measure_layouts
from analysis.layout.report import LayoutReport
from analysis.layout.words import Difference, read_difference
from analysis.rows import plain_rows, rows_of, to_time

__all__ = [
    "Counted",
    "Departure",
    "Distance",
    "Layout",
    "Redesign",
    "TemplateSummary",
    "measure_layout_sections",
]

_NAMES = {
    "part": PART_NAMES,
    "lead_in": LEAD_IN_NAMES,
    "editor": EDITOR_NAMES,
    "newspaper": NEWSPAPER_NAMES,
}
_COMPARED = (
    "font_size_px",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "indent_share",
    "paragraph_lines_phone",
    "bold_share",
    "n_colors",
    "images_per_1000",
    "gifs",
    "chars",
    "headings",
)
_DEPARTED = (
    "font_size_px",
    "heading_px",
    "n_sizes",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "paragraph_lines_phone",
    "indent_share",
    "n_colors",
)


@dataclass(frozen=True, slots=True, eq=False)
class TemplateSummary:
    """One template family; `look` holds its figures as style_card.render_style_card reads them."""

    template: int
    n: int
    share: float
    now: bool
    first: datetime | None
    last: datetime | None
    look: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Redesign:
    """A change of templates: the first article of the new one, the leading families' shares before
    and after, and what differs.
    """

    at: datetime
    article_id: str
    n_before: int
    n_after: int
    share_before: float
    share_after: float
    changed: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A fixed part, lead-in, editor or newspaper sign, in `n` articles."""

    name: str
    n: int
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distance:
    """One figure beside those of the other accounts, worded with its unit; `outside`
    all of theirs.
    """

    feature: str
    median: str
    peer_median: str
    peer_low: str
    peer_high: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """A figure outside the range that published guides name."""

    feature: str
    median: str
    verdict: str
    says: str
    sources: str
    year: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One account's layout over `n` articles with a body, `n_text` of them with running text,
    `first` to `last`.
    """

    n: int
    n_text: int
    first: datetime | None
    last: datetime | None
    font_size_px: float | None
    same_size_share: float | None
    text_align: str | None
    align_share: float | None
    line_height: float | None
    images: float
    images_per_1000: float | None
    chars: float
    templates: tuple[TemplateSummary, ...]
    consistency: float | None
    consistency_n: int
    redesigns: tuple[Redesign, ...]
    editors: tuple[Counted, ...]
    parts: tuple[Counted, ...]
    lead_ins: tuple[Counted, ...]
    newspaper: tuple[Counted, ...]
    distances: tuple[Distance, ...]
    peers: int
    departures: tuple[Departure, ...]

    @property
    def enough(self) -> bool:
        """Whether there is enough text to name a pattern."""
        return self.n_text >= MIN_ARTICLES

    @property
    def template_now(self) -> TemplateSummary | None:
        """The template most of the last twenty articles use."""
        return next((template for template in self.templates if template.now), None)


def measure_layout_sections(
    articles: pd.DataFrame, profiles: pd.DataFrame, report: LayoutReport
) -> dict[str, Layout]:
    """The layout of each account with a body, by account_id; `report` is report_layouts of
    both.
    """
    parts = {
        name: _by_account(getattr(report, name))
        for name in ("templates", "redesigns", "parts", "distances", "conventions")
    }
    consistency, spans = rows_of(report.consistency), _spans(report)
    lines = rows_of(report.measures[report.measures["feature"] == "line_height"])
    layouts = {}
    for key, row in rows_of(measure_layouts(articles, profiles)).items():
        usual = {name: value for name, value in row.items() if name in Layout.__dataclass_fields__}
        counted = {
            kind: tuple(
                _counted(part) for part in parts["parts"].get(key, ()) if part["kind"] == kind
            )
            for kind in _NAMES
        }
        consistent = consistency.get(key, {"consistency": None, "n": 0})
        distances = [
            part
            for part in parts["distances"].get(key, ())
            if part["feature"] in _COMPARED and part["peer_median"] is not None
        ]
        layouts[key] = Layout(
            **usual,
            line_height=lines[key]["median"],
            first=spans[key][0],
            last=spans[key][1],
            templates=tuple(_template(part) for part in parts["templates"].get(key, ())),
            consistency=consistent["consistency"],
            consistency_n=consistent["n"],
            redesigns=tuple(_redesign(part) for part in parts["redesigns"].get(key, ())),
            editors=counted["editor"],
            parts=counted["part"],
            lead_ins=counted["lead_in"],
            newspaper=counted["newspaper"],
            distances=tuple(_distance(part) for part in distances),
            peers=max((part["peers"] for part in distances), default=0),
            departures=tuple(
                _departure(part)
                for part in parts["conventions"].get(key, ())
                if part["verdict"] in ("above", "below") and part["feature"] in _DEPARTED
            ),
        )
    return layouts


def _by_account(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in plain_rows(frame):
        rows.setdefault(row["account_id"], []).append(row)
    return rows


def _spans(report: LayoutReport) -> dict[str, tuple[datetime | None, datetime | None]]:
    grouped = report.profiled.groupby("account_id")["published_at"]
    return {str(key): (to_time(part.min()), to_time(part.max())) for key, part in grouped}


def _template(row: dict[str, Any]) -> TemplateSummary:
    return TemplateSummary(
        **{name: row[name] for name in ("template", "n", "share", "now", "first", "last")}, look=row
    )


def _redesign(row: dict[str, Any]) -> Redesign:
    names = ("at", "article_id", "n_before", "n_after", "share_before", "share_after")
    return Redesign(
        **{name: row[name] for name in names},
        changed=tuple(read_difference(change) for change in row["changed"]),
    )


def _counted(row: dict[str, Any]) -> Counted:
    return Counted(_NAMES[row["kind"]][row["name"]], row["n"], row["share"], tuple(row["words"]))


def _distance(row: dict[str, Any]) -> Distance:
    feature = FEATURES[row["feature"]]
    shown = {
        name: shown_figure(feature, row[name])
        for name in ("median", "peer_median", "peer_low", "peer_high")
    }
    return Distance(feature.name, **shown, outside=bool(row["outside"]))


def _departure(row: dict[str, Any]) -> Departure:
    feature = FEATURES[row["feature"]]
    return Departure(
        feature.name,
        shown_figure(feature, row["median"]),
        row["verdict"],
        row["says"],
        row["sources"],
        row["year"],
    )
