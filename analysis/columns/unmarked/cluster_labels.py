"""A cluster of articles -> what holds it together (a formula, a slot or only its subject) and a
name a person would use for it.

A formula and a slot are claims that a content column exists, so they are made on strong evidence
only; a theme claims nothing but likeness.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.text.normalize import normalize_key
from analysis.text.tokens import cut_folded

__all__ = ["CLUSTERS", "KINDS", "describe_clusters", "name_cluster"]

KINDS = ("formula", "slot", "theme")
CLUSTERS = {
    "label": "int64",
    "kind": "str",
    "name": "str",
    "n": "int64",
    "wording": "float64",
    "slot_share": "float64",
    "rhythm": "float64",
}

LEAST = 4  # differently worded articles on as many days, for a formula or a slot
# share of a cluster's titles with the wording, and of the wording's titles that are in the cluster
_FIXED = 0.8
_STEADY = 0.6  # the same where slot and rhythm agree as well
_IN_SLOT = 0.9
_ON_TIME = 0.75
_LEAST_LETTERS = 3  # of a fixed wording
_EDGE_SIGNS = re.compile(r"^[\W_#]+|[\W_#]+$")
_LEAST_COVER = 0.5  # of the titles by a phrase, for it to name the cluster alone
_LONGEST = 16
_MOST_WORDS = 6
_MOST_NAMED = 3
_MOST_PHRASES = 30  # most telling phrases, among which to choose
_OPENS = 0.5  # what a phrase gains by opening every title: people call a column by how it begins
_BARS = "|｜丨│┃∣ǀ❘▏▕︱¦"
_EMPTY_WORDS = frozenset(
    [
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "有",
        "我",
        "你",
        "他",
        "她",
        "不",
        "也",
        "都",
        "就",
        "这",
        "那",
        "个",
        "一",
        "为",
        "被",
        "把",
        "将",
        "对",
        "上",
        "下",
        "中",
        "到",
        "吗",
        "呢",
        "吧",
        "啊",
        "怎么",
        "什么",
        "如何",
        "一个",
        "这个",
        "我们",
        "你们",
        "可以",
        "没有",
        "还是",
    ]
)


def describe_clusters(articles: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """What each cluster of one account's articles is held together by, and its name.

    `formula`: at least four differently worded articles on as many days, of which 80 % begin or end
    with the same words (3 letters or more, digits and dates aside), and 80 % of the account's
    titles with that wording are here. `slot`: 60 % share such wording, 90 % have one slot in the
    push and 75 % come at one weekday or hour. `theme`: any other.

    `labels` are find_clusters', on the index of `articles`; -1 is left out. Returns one row per
    cluster, sorted by label: label int64; kind str; name str, a formula's its wording, missing
    where no word tells the cluster from the rest; n int64; wording float64, the share of titles
    with the best fixed wording; slot_share float64, of its commonest slot (NaN: unknown); rhythm
    float64, of its commonest weekday, or hour and its neighbours, whichever is more (NaN: unknown).
    """
    titles = ["" if pd.isna(title) else str(title) for title in articles["title"]]
    ends = [_find_ends(title) for title in titles]
    phrases = [_find_phrases(title) for title in titles]
    all_ends, all_phrases = _count(ends), _count(phrases)
    facts, rows = articles[["title", "position", "published_at", "time_precision"]], []
    for label in sorted(set(labels[labels >= 0])):
        places = np.flatnonzero(labels == label)
        here = _count(phrases[i] for i in places)
        wording, share, exclusive = _find_wording(
            _count(ends[i] for i in places), all_ends, len(places)
        )
        evidence = _weigh_evidence(facts.iloc[places], share, exclusive)
        inside = [titles[i] for i in places]
        formula = evidence["kind"] == "formula" and "#" not in wording
        name = (
            _as_written(wording, inside)
            if formula
            else _choose_name(inside, here, all_phrases, len(titles))
        )
        rows.append({"label": label, "name": name, "n": len(places), **evidence})
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in CLUSTERS.items()
        }
    )


def _weigh_evidence(part: pd.DataFrame, wording: float, exclusive: float) -> dict[str, object]:
    slot_share, rhythm = _top_share(part["position"].dropna()), _measure_rhythm(part)
    days = (
        part["published_at"].dt.normalize().nunique()
        if part["published_at"].notna().any()
        else len(part)
    )
    often = min(part["title"].nunique(), days) >= LEAST
    kind = "theme"
    if often and wording >= _FIXED and exclusive >= _FIXED:
        kind = "formula"
    elif (
        often
        and wording >= _STEADY
        and exclusive >= _STEADY
        and slot_share >= _IN_SLOT
        and rhythm >= _ON_TIME
    ):
        kind = "slot"
    return {"kind": kind, "wording": wording, "slot_share": slot_share, "rhythm": rhythm}


def _count(phrases: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(text for texts in phrases for text in texts)


def _find_wording(here: Counter[str], everywhere: Counter[str], n: int) -> tuple[str, float, float]:
    """The best beginning or ending the n titles share, its share of them, and the share of its
    titles that are here; best by the lesser, then by length.
    """
    endings = [
        (min(count / n, count / everywhere[end]), len(end), end, count / n, count / everywhere[end])
        for end, count in here.items()
        if count > 1
    ]
    _, _, end, share, exclusive = max(endings, default=(0.0, 0, "", 0.0, 0.0))
    text = end[:-1] if end.endswith("<") else end[:0:-1]
    return _EDGE_SIGNS.sub("", text), share, exclusive


def _find_ends(title: str) -> set[str]:
    """Beginnings as `…<` and endings, read backwards, as `>…`, without signs and digits at the
    edges.
    """
    bare = _EDGE_SIGNS.sub("", normalize_key(title))
    return {f"{text}<" for text in _beginnings(bare)} | {
        f">{text}" for text in _beginnings(bare[::-1])
    }


def _beginnings(text: str) -> Iterator[str]:
    """What it begins with, from three letters on."""
    letters = 0
    for k, character in enumerate(text[:_LONGEST], start=1):
        letters += character.isalpha()
        if letters >= _LEAST_LETTERS:
            yield text[:k]


def _top_share(values: pd.Series) -> float:
    return float(values.value_counts(normalize=True).max()) if len(values) else float("nan")


def _measure_rhythm(part: pd.DataFrame) -> float:
    """The share of the commonest weekday, or of the commonest hour with the ones before and after
    it; NaN without times.
    """
    times = part["published_at"].dropna()
    if times.empty:
        return float("nan")
    exact = part.loc[part["time_precision"].isin(["second", "minute"]), "published_at"].dropna()
    hours = np.bincount(exact.dt.hour, minlength=24) if len(exact) else np.zeros(24)
    near = hours + np.roll(hours, 1) + np.roll(hours, -1)
    return max(
        _top_share(times.dt.day_of_week), float(near.max() / len(exact)) if len(exact) else 0.0
    )


def name_cluster(titles: Iterable[str], rest: Iterable[str]) -> str | None:
    """A name for titles that belong together, as against the rest of the account: words that most
    of them have and the others hardly.

    A phrase of whole words in at least half of the titles names them alone, longer ones first; else
    the two or three most telling words, most telling first, with 、 between. None where no word
    comes twice.
    """
    titles, rest = list(titles), list(rest)
    here = _count(map(_find_phrases, titles))
    return _choose_name(
        titles, here, here + _count(map(_find_phrases, rest)), len(titles) + len(rest)
    )


def _choose_name(
    titles: Sequence[str], here: Counter[str], everywhere: Counter[str], n_all: int
) -> str | None:
    outside = max(n_all - len(titles), 1)
    scores = {
        phrase: _tell(phrase, n / len(titles), (everywhere[phrase] - n) / outside)
        for phrase, n in here.items()
        if n > 1
    }
    by_score = sorted(
        (phrase for phrase in scores if scores[phrase] > 0),
        key=lambda phrase: (-scores[phrase], phrase),
    )
    if not by_score:
        return None
    folded = [normalize_key(title) for title in titles]
    opens = {
        phrase: sum(title.startswith(phrase) for title in folded) / len(folded)
        for phrase in by_score[:_MOST_PHRASES]
    }
    ranked = sorted(
        opens, key=lambda phrase: (-scores[phrase] * (1 + _OPENS * opens[phrase]), phrase)
    )
    if here[ranked[0]] >= _LEAST_COVER * len(titles):
        return _as_written(ranked[0], titles)
    chosen: list[str] = []
    for phrase in ranked:
        if len(chosen) < _MOST_NAMED and not any(
            phrase in other or other in phrase for other in chosen
        ):
            chosen.append(phrase)
    return "、".join(_as_written(phrase, titles) for phrase in chosen)


def _as_written(phrase: str, titles: Iterable[str]) -> str:
    """The folded phrase as the first title that has it in one piece writes it: capitals, full
    width, spaces, its own bar.
    """
    signs = {"|": rf"[{_BARS}]"}
    wide = (
        signs.get(c, f"[{re.escape(c)}{chr(ord(c) + 0xFEE0)}]" if "!" <= c <= "~" else re.escape(c))
        for c in phrase
    )
    pattern = re.compile(r"\s*".join(wide), re.IGNORECASE)
    written = next((match for title in titles if (match := pattern.search(title))), None)
    return written.group() if written else phrase


def _tell(phrase: str, here: float, there: float) -> float:
    """How telling: share inside times log odds against outside, more for longer phrases."""
    return (
        here
        * float(np.log((here + 0.01) / (there + 0.01)))
        * float(np.sqrt(min(len(phrase), _LONGEST)))
    )


def _find_phrases(title: str) -> set[str]:
    """Runs of one to six words of a title, without signs or digits at their edges and not of empty
    words alone.
    """
    words = cut_folded(normalize_key(title))
    edge = [word[0].isalnum() and word[-1].isalnum() and word not in _EMPTY_WORDS for word in words]
    phrases = set()
    for start in (i for i, fits in enumerate(edge) if fits):
        phrase = ""
        for end in range(start, min(start + _MOST_WORDS, len(words))):
            phrase += words[end]
            if "#" in phrase or len(phrase) > _LONGEST:
                break
            if edge[end] and len(phrase) > 1:
                phrases.add(phrase)
    return phrases
