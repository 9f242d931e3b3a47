"""Layout profiles -> an account's template families, how consistently it uses them, and when it
changed them. Pure.

A template family is a group of articles whose text is set alike: type, spacing, alignment, colour,
indent, margins, headings, editor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from analysis.compute.cache import cached_by_account
from analysis.frames import TIME, check_frame, fill_column
from analysis.layout.css.colors import Color, distance, parse_color
from analysis.layout.load import PROFILES
from analysis.rows import commonest

__all__ = [
    "ASSIGNED",
    "CONSISTENCIES",
    "MIN_ARTICLES",
    "REDESIGNS",
    "TEMPLATES",
    "assign_templates",
    "describe_templates",
    "find_redesigns",
    "measure_consistency",
]

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
REDESIGNS = {
    "account_id": "str",
    "account": "str",
    "at": TIME,
    "article_id": "str",
    "before": "int64",
    "after": "int64",
    "n_before": "int64",
    "n_after": "int64",
    "share_before": "float64",
    "share_after": "float64",
    "changed": "object",
}
CONSISTENCIES = {
    "account_id": "str",
    "account": "str",
    "n": "int64",
    "since": TIME,
    "templates": "int64",
    "consistency": "float64",
}
MIN_ARTICLES = 10  # below this no pattern is named
_MIN_CHARS = 100
_KINDS = ("article", "repost")
_APART = 0.3  # of 1: articles further apart than this on average are in two families
_ODD_APART = 0.5  # an odd article or two join the nearest family up to here
_ODD = 5
_MOST_TOKENS = 600
_RECENT = 20
_MIN_SIDE = 8  # articles on either side of a redesign
_MOVED = 0.5  # of the share of families that a redesign moves
_DOUBT = 0.001
_EXAMPLES = 3
_NUMBERS = {
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
_TOKENS = (*_NUMBERS, *_WORDS, *_COLORS)
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
    joined = laid_out.merge(profiles[profiles["chars"] >= _MIN_CHARS], on="article_id").sort_values(
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
        for name, one, two in zip(_TOKENS, self.values, other.values, strict=True):
            if name in _OPTIONAL and (one is None or two is None):
                continue
            weight, differs = _differ(name, one, two)
            gap += weight * differs
            whole += weight
        return gap / whole if whole else 0.0


def _differ(name: str, one: Any, two: Any) -> tuple[float, bool]:
    if name in _WORDS:
        return _WORDS[name], one != two
    weight, same = (_NUMBERS | _COLORS)[name]
    if one is None or two is None:
        return weight, one is not two
    return weight, (distance(one, two) if isinstance(one, Color) else abs(one - two)) > same


def _tokens(part: pd.DataFrame) -> list[_Token]:
    found = []
    for row in part.to_dict("records"):
        accents, editors = row["accents"], row["editors"]
        values = {
            **{
                name: None if pd.isna(row[name]) else round(float(row[name]), 2)
                for name in _NUMBERS
            },
            **{
                name: None if pd.isna(row[name]) else row[name]
                for name in ("text_align", "indent", "paragraph_gap")
            },
            "editor": editors[0] if editors else None,
            "heading": None if pd.isna(row["heading_style"]) else row["heading_style"],
            "text_color": _color(row["text_color"]),
            "accent": _color(accents[0].partition(":")[0]) if accents else None,
        }
        found.append(_Token(tuple(values[name] for name in _TOKENS)))
    return found


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
    for row, one in enumerate(tokens):
        for column in range(row):
            gaps[row, column] = gaps[column, row] = one.apart(tokens[column])
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
    return _frame(rows, TEMPLATES)


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
    accents = [accent.partition(":")[0] for accents in part["accents"] for accent in accents[:1]]
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


def find_redesigns(assigned: pd.DataFrame, templates: pd.DataFrame) -> pd.DataFrame:
    """When an account changed its templates for good, to the article.

    A redesign is a split of the dated articles at which the mix of families differs most
    (likelihood ratio of two multinomials against one, kept where χ² gives it less than 0.001 ÷ n by
    chance; sought again on both sides), the leading family changes and at least half of the mix
    moves. `at` and `article_id` are the first article of the new leading family from the split on;
    before, after are the leading families with their shares of n_before and n_after articles (to
    the neighbouring redesigns); changed lists what differs as "figure: before→after". Sorted by
    account, account_id, at.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(templates, TEMPLATES, name="templates")
    rows = []
    for (account, account_id), own in assigned[assigned["published_at"].notna()].groupby(
        ["account", "account_id"]
    ):
        families = own["template"].to_numpy()
        edges = [0, *_splits(families), len(families)]
        looks = {
            row["template"]: row
            for row in templates[templates["account_id"] == account_id].to_dict("records")
        }
        for begin, cut, end in zip(edges, edges[1:], edges[2:], strict=False):
            before, after = _leading(families[begin:cut]), _leading(families[cut:end])
            first = own.iloc[cut + int(np.argmax(families[cut:end] == after[0]))]
            rows.append(
                {
                    "account_id": account_id,
                    "account": account,
                    "at": first["published_at"],
                    "article_id": first["article_id"],
                    "before": before[0],
                    "after": after[0],
                    "n_before": cut - begin,
                    "n_after": end - cut,
                    "share_before": before[1],
                    "share_after": after[1],
                    "changed": list(_changes(looks[before[0]], looks[after[0]])),
                }
            )
    return _frame(rows, REDESIGNS)


def _leading(families: NDArray[np.int64]) -> tuple[int, float]:
    counts = np.bincount(families)
    return int(counts.argmax()), float(counts.max() / len(families))


def _splits(families: NDArray[np.int64]) -> list[int]:
    """Where the mix of families changes for good: binary segmentation, then the weakest split that
    moves too little goes until all stand.
    """
    found, todo = [], [(0, len(families))]
    while todo:
        low, high = todo.pop()
        cut = _best_split(families[low:high])
        if cut is not None:
            found.append(low + cut)
            todo += [(low, low + cut), (low + cut, high)]
    found.sort()
    while found:
        edges = [0, *found, len(families)]
        moved = [
            _moved(families[a:b], families[b:c])
            for a, b, c in zip(edges, edges[1:], edges[2:], strict=False)
        ]
        if min(moved) >= _MOVED:
            break
        del found[moved.index(min(moved))]
    return found


def _moved(before: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """The share of the mix that moves between two stretches; 0 where the leading family stays."""
    size = int(max(before.max(), after.max())) + 1
    shares = (
        np.bincount(before, minlength=size) / len(before),
        np.bincount(after, minlength=size) / len(after),
    )
    return (
        float(np.abs(shares[0] - shares[1]).sum() / 2)
        if shares[0].argmax() != shares[1].argmax()
        else 0.0
    )


def _best_split(families: NDArray[np.int64]) -> int | None:
    """The split with the highest likelihood ratio, if it is no chance."""
    size = len(families)
    if size < 2 * _MIN_SIDE:
        return None
    kinds = np.unique(families)
    before = np.cumsum(families[:, None] == kinds[None, :], axis=0)[:-1].astype(float)
    whole = before[-1] + (families[-1] == kinds)
    after = whole - before
    n_before = np.arange(1, size, dtype=float)
    gain = (
        _log_likelihood(before, n_before)
        + _log_likelihood(after, size - n_before)
        - _log_likelihood(whole[None, :], np.array([float(size)]))
    )
    gain[: _MIN_SIDE - 1] = gain[size - _MIN_SIDE :] = -np.inf
    best = int(gain.argmax())
    by_chance = (
        float(chdtrc(max(len(kinds) - 1, 1), 2 * gain[best])) * size
    )  # the chi-squared tail, without scipy.stats: 0.7 s to load
    return best + 1 if by_chance < _DOUBT else None


def _log_likelihood(counts: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.where(counts > 0, counts / sizes[:, None], 1.0)
    found: NDArray[np.float64] = (counts * np.log(shares)).sum(axis=1)
    return found


def _changes(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[str]:
    """What differs between two families, as "figure: before→after"."""
    for name, (_, same) in {**_NUMBERS, "heading_px": (0.0, 0.6)}.items():
        if (
            pd.notna(before[name])
            and pd.notna(after[name])
            and abs(before[name] - after[name]) > same
        ):
            yield f"{name}: {before[name]:g}→{after[name]:g}"
    for name in ("text_align", "text_color", "indent", "paragraph_gap", "heading_style", "editor"):
        one, two = ("" if pd.isna(look[name]) else str(look[name]) for look in (before, after))
        if one != two:
            yield f"{name}: {one}→{two}"


def measure_consistency(assigned: pd.DataFrame, redesigns: pd.DataFrame) -> pd.DataFrame:
    """How consistently an account uses its templates now: the chance, 0 to 1, that two of its
    articles are of one family.

    Counted over the dated articles since the last redesign (all where there is none), each pair
    once: Σ nᵢ(nᵢ−1) ÷ n(n−1), Simpson's index. 1 is one template for everything; two used half and
    half give 0.5. Returns n, since (the last redesign, missing where there is none), templates that
    stand in it, consistency (missing below 10 articles); sorted by account, account_id.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(redesigns, REDESIGNS, name="redesigns")
    last = redesigns.groupby("account_id")["at"].max()
    rows = []
    for (account, account_id), own in assigned.groupby(["account", "account_id"]):
        since = last.get(account_id)
        part = own if since is None else own[own["published_at"] >= since]
        counts, n = part["template"].value_counts(), len(part)
        value = float((counts * (counts - 1)).sum() / (n * (n - 1))) if n >= MIN_ARTICLES else None
        rows.append(
            {
                "account_id": account_id,
                "account": account,
                "n": n,
                "since": since,
                "templates": len(counts),
                "consistency": value,
            }
        )
    return _frame(rows, CONSISTENCIES)


def _frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: fill_column([row[column] for row in rows], dtype)
            for column, dtype in columns.items()
        }
    )
