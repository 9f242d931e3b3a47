"""Layout profiles -> an account's template families, how consistently it uses them, and when it
changed them. Pure.

A template family is a group of articles whose text is set alike: type, spacing, alignment, colour,
indent, margins, headings, editor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.compute.cache import cached_by_account
from analysis.evidence import MIN_CHARS
from analysis.frames import TIME, check_frame, fill_column
from analysis.layout.css.colors import Color, distance, parse_color
from analysis.layout.entries import Share
from analysis.layout.load import PROFILES
from analysis.rows import commonest

__all__ = ["ASSIGNED", "TEMPLATES", "assign_templates", "describe_templates"]

ASSIGNED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "position": "Int64",
    "template": "int64",
}
TEMPLATES = {
    "account_id": "str",
    "account": "str",
    "template": "int64",
    "n": "int64",
    "share": "float64",
    "first": TIME,
    "last": TIME,
    "recent_share": "float64",
    "now": "bool",
    "font_size_px": "float64",
    "line_height": "float64",
    "letter_spacing_px": "float64",
    "text_align": "str",
    "text_color": "str",
    "indent": "str",
    "side_px": "float64",
    "paragraph_gap": "str",
    "heading_style": "str",
    "numbered": "str",
    "heading_px": "float64",
    "heading_color": "str",
    "heading_mark": "str",
    "heading_align": "str",
    "bold_color": "str",
    "accents": "object",
    "palette": "object",
    "editor": "str",
    "examples": "object",
}
_KINDS = ("article", "repost")
_APART = 0.3  # of 1: articles further apart than this on average are in two families
_ODD_APART = 0.5  # an odd article or two join the nearest family up to here
_ODD = 5
_MOST_TOKENS = 600
_RECENT = 20
_EXAMPLES = 3
NUMERIC_FEATURES = {
    "font_size_px": (2.0, 0.6),
    "line_height": (1.0, 0.08),
    "letter_spacing_px": (1.0, 0.26),
    "side_px": (1.0, 3.0),
}  # weight, what counts as the same
_WORDS = {"text_align": 1.0, "indent": 1.0, "paragraph_gap": 0.5, "editor": 1.0, "heading": 1.0}
_COLORS = {"text_color": (1.0, 40.0), "accent": (1.0, 80.0)}
_OPTIONAL = frozenset(
    {"heading", "accent", "paragraph_gap"}
)  # an article without headings is no other template
_TOKENS = (*NUMERIC_FEATURES, *_WORDS, *_COLORS)
_READ = (
    "chars",
    "font_size_px",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "text_align",
    "text_color",
    "indent",
    "paragraph_gap",
    "heading_style",
    "numbered",
    "heading_px",
    "heading_color",
    "heading_mark",
    "heading_align",
    "bold_color",
    "accents",
    "palette",
    "editors",
)


@cached_by_account(
    ASSIGNED,
    {
        "articles": ("article_id", "kind", "published_at", "position"),
        "profiles": ("article_id", *_READ),
    },
)
def assign_templates(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Each article's template family: ordinary articles with a profile and at least 100 visible
    characters.

    Families are clusters of layout tokens (average linkage; weights and tolerances above), numbered
    from 1 within an account, the one with most articles first. Returns article_id, account_id,
    account str, published_at Beijing time, position Int64, template int64; sorted by account,
    account_id, published_at, position, article_id. Raises FrameError.
    """
    check_frame(
        articles,
        {
            "article_id": "str",
            "account_id": "str",
            "account": "str",
            "kind": "category",
            "published_at": TIME,
            "position": "Int64",
        },
        name="articles",
    )
    check_frame(profiles, PROFILES, name="profiles")
    laid_out = articles.loc[
        articles["kind"].isna() | articles["kind"].isin(_KINDS),
        ["article_id", "account_id", "account", "published_at", "position"],
    ]
    joined = laid_out.merge(profiles[profiles["chars"] >= MIN_CHARS], on="article_id").sort_values(
        ["account", "account_id", "published_at", "position", "article_id"], ignore_index=True
    )
    joined["template"] = 0
    for _, part in joined.groupby("account_id", sort=False):
        joined.loc[part.index, "template"] = _cluster(_tokens(part))
    return joined[list(ASSIGNED)].astype({"template": "int64"})


@dataclass(frozen=True, slots=True)
class _Token:
    """What of a profile makes a template; colours are read, None is missing."""

    values: tuple[Any, ...]

    def apart(self, other: _Token) -> float:
        """0 (the same template) to 1 (nothing alike)."""
        gap = whole = 0.0
        for name, own, two in zip(_TOKENS, self.values, other.values, strict=True):
            if name in _OPTIONAL and (own is None or two is None):
                continue
            weight, differs = _differ(name, own, two)
            gap += weight * differs
            whole += weight
        return gap / whole if whole else 0.0


def _differ(name: str, own: Any, two: Any) -> tuple[float, bool]:
    if name in _WORDS:
        return _WORDS[name], own != two
    weight, same = (NUMERIC_FEATURES | _COLORS)[name]
    if own is None or two is None:
        return weight, own is not two
    return weight, (distance(own, two) if isinstance(own, Color) else abs(own - two)) > same


def _tokens(part: pd.DataFrame) -> list[_Token]:
    tokens = []
    for row in part.to_dict("records"):
        accents, editors = row["accents"], row["editors"]
        values = {
            **{
                name: None if pd.isna(row[name]) else round(float(row[name]), 2)
                for name in NUMERIC_FEATURES
            },
            **{
                name: None if pd.isna(row[name]) else row[name]
                for name in ("text_align", "indent", "paragraph_gap")
            },
            "editor": editors[0] if editors else None,
            "heading": None if pd.isna(row["heading_style"]) else row["heading_style"],
            "text_color": _color(row["text_color"]),
            "accent": _color(Share.parse(accents[0]).value) if accents else None,
        }
        tokens.append(_Token(tuple(values[name] for name in _TOKENS)))
    return tokens


def _color(text: Any) -> Color | None:
    read = None if pd.isna(text) else parse_color(str(text))
    return read if isinstance(read, Color) else None


def _cluster(tokens: Sequence[_Token]) -> list[int]:
    """A family number for each token, the largest family 1; ties go to the family met first."""
    counts: dict[_Token, int] = {}
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
    distinct = sorted(counts, key=lambda token: -counts[token])
    core = distinct[:_MOST_TOKENS]
    groups = dict(zip(core, _link(core), strict=True))
    groups |= {token: groups[min(core, key=token.apart)] for token in distinct[_MOST_TOKENS:]}
    groups = _adopt_odd(groups, counts)
    sizes: dict[int, int] = {}
    for token in tokens:
        sizes[groups[token]] = sizes.get(groups[token], 0) + 1
    rank = {
        group: number
        for number, group in enumerate(sorted(sizes, key=lambda group: -sizes[group]), 1)
    }
    return [rank[groups[token]] for token in tokens]


def _link(tokens: Sequence[_Token]) -> list[int]:
    if len(tokens) < 2:
        return [1] * len(tokens)
    from scipy.cluster.hierarchy import (
        fcluster,
        linkage,
    )  # 0.2 s to load, and needed for what is not kept only
    from scipy.spatial.distance import squareform

    gaps = np.zeros((len(tokens), len(tokens)))
    for row, token in enumerate(tokens):
        for column in range(row):
            gaps[row, column] = gaps[column, row] = token.apart(tokens[column])
    return [
        int(group)
        for group in fcluster(
            linkage(squareform(gaps), method="average"), _APART, criterion="distance"
        )
    ]


def _adopt_odd(groups: dict[_Token, int], counts: Mapping[_Token, int]) -> dict[_Token, int]:
    """Groups of very few articles join the nearest large one where it is near enough: a short
    article, whose closing lines weigh most, is no template.
    """
    sizes: dict[int, int] = {}
    for token, group in groups.items():
        sizes[group] = sizes.get(group, 0) + counts[token]
    large = [token for token, group in groups.items() if sizes[group] > _ODD]
    adopted = dict(groups)
    for token, group in groups.items():
        if sizes[group] <= _ODD and large:
            nearest = min(large, key=token.apart)
            if token.apart(nearest) <= _ODD_APART:
                adopted[token] = groups[nearest]
    return adopted


@cached_by_account(TEMPLATES, {"assigned": ASSIGNED, "profiles": ("article_id", *_READ)})
def describe_templates(assigned: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """What each template family looks like and when it was used.

    Returns one row per family: n articles, their share of the account's; first, last; recent_share
    of the account's last 20 dated articles; now whether it has most of these; then medians and most
    common values of its profiles, missing where none has the thing; accents list of #rrggbb;
    examples list of article_id, newest first. Sorted by account, account_id, template.
    Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(profiles, PROFILES, name="profiles")
    joined = assigned.merge(profiles, on="article_id", how="left")
    rows = []
    for (account, account_id), own in joined.groupby(["account", "account_id"]):
        recent = own[own["published_at"].notna()].tail(_RECENT)["template"]
        common = recent.value_counts(sort=False)
        now = common.sort_index().idxmax() if len(recent) else None
        for template, part in own.groupby("template"):
            shares = {
                "n": len(part),
                "share": len(part) / len(own),
                "recent_share": float((recent == template).mean()) if len(recent) else None,
            }
            rows.append(
                {
                    "account_id": account_id,
                    "account": account,
                    "template": template,
                    "now": template == now,
                    **shares,
                    **_look(part),
                }
            )
    return frame_of_rows(rows, TEMPLATES)


def _look(part: pd.DataFrame) -> dict[str, Any]:
    numbers = ("font_size_px", "line_height", "letter_spacing_px", "side_px", "heading_px")
    words = (
        "text_align",
        "text_color",
        "indent",
        "paragraph_gap",
        "heading_style",
        "numbered",
        "heading_color",
        "heading_mark",
        "heading_align",
        "bold_color",
    )
    accents = [Share.parse(accents[0]).value for accents in part["accents"] if accents]
    editors = [editors[0] for editors in part["editors"] if editors]
    dated = part[part["published_at"].notna()].sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    )
    return {
        "first": part["published_at"].min(),
        "last": part["published_at"].max(),
        **{name: _lower_median(part[name].dropna().tolist()) for name in numbers},
        **{name: _common(part[name].dropna().tolist(), len(part)) for name in words},
        "accents": commonest(accents, 3),
        "palette": commonest([color for palette in part["palette"] for color in palette], 6),
        "editor": _common(editors, len(part)),
        "examples": list((dated if len(dated) else part)["article_id"].head(_EXAMPLES)),
    }


def _lower_median(values: list[float]) -> float:
    """The median, of two in the middle the lower: one that occurs."""
    return sorted(values)[(len(values) - 1) // 2] if values else math.nan


def _common(words: Sequence[str], whole: int) -> str | None:
    """The most common word, where at least a fifth of the articles have any."""
    return next(iter(commonest(words, 1)), None) if len(words) * 5 >= whole else None


def frame_of_rows(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: fill_column([row[column] for row in rows], dtype)
            for column, dtype in columns.items()
        }
    )
