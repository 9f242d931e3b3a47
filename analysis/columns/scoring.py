"""Candidates of one account -> how likely each names a content column (栏目), and which article
belongs to which.

The likelihood is a logistic regression over signs that hold for any account: how the mark is
written, what kind of words it is made of, how often and where it comes back. No title, word or
account is in the weights; how they were made is in tests/eval.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from analysis.columns.candidates import COUNTED, Candidate, Title
from analysis.columns.name_words import NAME_SIGNS, describe_name, is_medium, is_place

__all__ = ["FEATURES", "History", "measure_features", "score_candidates"]

_FORMS = (
    "bracket",
    "bar",
    "dot",
    "dash",
    "colon",
    "prefix",
    "emoji",
    "bracket_end",
    "bar_end",
    "dash_end",
    "numbered",
    "dated",
    "head",
    "tail",
    "wording",
    "part",
)
FEATURES = (
    *(f"form_{form}" for form in _FORMS),
    *NAME_SIGNS,
    "count",
    "twice",
    "days",
    "one_day",
    "share",
    "most",
    "per_push",
    "rows_each",
    "form_share",
    "form_returns",
    "form_kinds",
    "bound",
    "slot_held",
    "slot_gain",
    "dense",
    "even",
    "series",
    "mark_column",
    "mark_call",
    "mark_medium",
    "mark_latin",
    "mark_office",
    "mark_own",
    "colon_column",
    "colon_who",
    "unnamed",
    "wording_few",
    "mined_column",
)
_SOURCE, _COUNTED_ON, _EVERYWHERE = 0.3, 0.8, 0.95
_TEN = math.log2(10)  # titles before "every title" means anything
_UNNAMED = re.compile(r"^第[n#一二三四五六七八九十]+.?$")


@dataclass(frozen=True, slots=True)
class History:
    """When and where an account's articles stood, in the order of its titles: days (ordinals),
    pushes (any key), slots; None where unknown.
    """

    account: str
    days: Sequence[int | None]
    pushes: Sequence[object]
    slots: Sequence[int | None]


def measure_features(
    candidates: Sequence[Candidate], titles: Sequence[Title], history: History
) -> NDArray[np.float64]:
    """SIGNS of each candidate, one row each."""
    total = max(len({title.shown for title in titles}), 1)
    forms = _form_habits(candidates, titles, total)
    slots = Counter(slot for slot in history.slots if slot is not None)
    rows = [_measure(candidate, titles, history, total, forms, slots) for candidate in candidates]
    return np.array([[row[sign] for sign in FEATURES] for row in rows], dtype=np.float64).reshape(
        len(rows), len(FEATURES)
    )


def _form_habits(
    candidates: Sequence[Candidate], titles: Sequence[Title], total: int
) -> dict[str, tuple[float, float, float]]:
    """Of each form: the share of titles that have it, how many of them have one that comes back,
    and how many different ones do.
    """
    having: Counter[str] = Counter()
    for title in titles:
        having.update({form for form, _, _ in title.marks})
    back: defaultdict[str, set[int]] = defaultdict(set)
    kinds: Counter[str] = Counter()
    for candidate in candidates:
        for form in candidate.forms:
            back[form] |= candidate.members
            kinds[form] += 1
    return {
        form: (
            having[form] / total,
            len(back[form]) / max(having[form], len(back[form]), 1),
            min(kinds[form], 12) / 12,
        )
        for form in {*having, *back}
    }


def _measure(
    candidate: Candidate,
    titles: Sequence[Title],
    history: History,
    total: int,
    forms: Mapping[str, tuple[float, float, float]],
    slots: Counter[int],
) -> dict[str, float]:
    members = sorted(candidate.members)
    wordings = len({titles[i].shown for i in members})
    days = sorted({day for i in members if (day := history.days[i]) is not None})
    pushes = len({history.pushes[i] for i in members})
    mass = sum(candidate.forms.values())
    signs = {f"form_{form}": candidate.forms[form] / mass for form in _FORMS}
    signs |= describe_name(candidate.words, history.account)
    share, returns, kinds = forms.get(candidate.form, (0.0, 0.0, 0.0))
    slot_share, gain = _slot_share(
        [slot for i in members if (slot := history.slots[i]) is not None], slots
    )
    dense, even = _rhythm(days)
    marked = (
        sum(
            candidate.forms[form]
            for form in ("bracket", "bar", "bracket_end", "bar_end", "dash_end")
        )
        / mass
    )
    return signs | {
        "count": min(math.log2(wordings), 6),
        "twice": float(wordings == 2),
        "days": min(math.log2(max(len(days), 1)), 6),
        "one_day": float(len(days) <= 1),
        "share": wordings / total,
        "most": float(wordings > 0.6 * total),
        "per_push": min(len(members) / max(pushes, 1) - 1, 3),
        "rows_each": min(len(members) / wordings - 1, 3),
        "form_share": min(share, 1),
        "form_returns": returns,
        "form_kinds": kinds,
        "bound": _bound(candidate, titles, members),
        "slot_held": slot_share,
        "slot_gain": gain,
        "dense": dense,
        "even": even,
        "series": (candidate.forms["numbered"] + candidate.forms["dated"]) / mass,
        "mark_column": marked * (signs["column_end"] + signs["column_in"]),
        "mark_call": marked * signs["call"],
        "mark_medium": marked * signs["medium"],
        "mark_latin": marked * signs["latin"],
        "mark_office": marked * max(signs["office"], signs["place"], signs["person"]),
        "mark_own": marked * signs["own"],
        "colon_column": signs["form_colon"] * (signs["column_end"] + signs["column_in"]),
        "colon_who": signs["form_colon"] * max(signs["office"], signs["place"], signs["person"]),
        "unnamed": float(bool(_UNNAMED.match(candidate.words))),
        "wording_few": signs["form_wording"] * (len(days) <= 2),
        "mined_column": (signs["form_head"] + signs["form_tail"]) * signs["column_end"],
    }


def _bound(candidate: Candidate, titles: Sequence[Title], members: Sequence[int]) -> float:
    """How many members have a sign where a shared beginning or ending stops; 1 for marks, which
    always have one.
    """
    if candidate.form not in ("head", "tail"):
        return 1.0
    name = candidate.words.replace(" ", "")
    stops = 0
    for i in members:
        before, _, after = titles[i].key.partition(name)
        edge = after[:1] if candidate.form == "head" else before[-1:]
        stops += not edge or not edge.isalnum()
    return stops / len(members)


def _slot_share(slots: Sequence[int], account: Counter[int]) -> tuple[float, float]:
    """The share in its most used slot, drawn towards nothing where few are known, and by how much
    that is above the account's own.
    """
    if not slots:
        return 0.0, 0.0
    slot, n = min(Counter(slots).items(), key=lambda item: (-item[1], item[0]))
    trust = len(slots) / (len(slots) + 2)
    share = n / len(slots)
    return trust * share, trust * (share - account[slot] / sum(account.values()))


def _rhythm(days: Sequence[int]) -> tuple[float, float]:
    """How much of its own span a candidate fills (1: every day), and how even its gaps are (1: all
    alike), 0 below three days.
    """
    if len(days) < 3:
        return 0.0, 0.0
    gaps = np.diff(days)
    low, middle, high = np.quantile(gaps, [0.25, 0.5, 0.75])
    return len(days) / (days[-1] - days[0] + 1), float(1 / (1 + (high - low) / middle))


@cache
def _weights() -> tuple[NDArray[np.float64], float]:
    weights = json.loads(
        (resources.files("analysis") / "lexicons" / "column_weights.json").read_text(
            encoding="utf-8"
        )
    )
    return np.array([weights["weights"][sign] for sign in FEATURES]), float(weights["intercept"])


def score_candidates(
    candidates: Sequence[Candidate], titles: Sequence[Title], history: History
) -> list[float]:
    """How likely each candidate is a content column, 0 to 1; an album is one (1.0), as the account
    itself says so.
    """
    weights, intercept = _weights()
    signs = measure_features(candidates, titles, history)
    probabilities = 1 / (1 + np.exp(-(signs @ weights + intercept)))
    return [
        _settle(candidate, float(p), dict(zip(FEATURES, row, strict=True)))
        for candidate, p, row in zip(candidates, probabilities, signs, strict=True)
    ]


def _settle(candidate: Candidate, probability: float, signs: Mapping[str, float]) -> float:
    """What needs no weighing: an album is a column, as the account itself says so, and so is a list
    that is counted on and on; the medium or the place a story comes from is none, however often it
    is named, and nor is what every title bears: it sets nothing apart.
    """
    if "album" in candidate.forms:
        return 1.0
    if candidate.key == COUNTED:
        return max(probability, _COUNTED_ON)
    everywhere = (
        signs["share"] >= _EVERYWHERE
        and signs["count"] >= _TEN
        and not signs["series"]
        and not signs["column_end"]
    )
    return (
        min(probability, _SOURCE)
        if everywhere or is_medium(candidate.words) or is_place(candidate.words)
        else probability
    )
