"""Pairs of articles of different accounts whose titles or bodies are alike: by the same wording,
the same rare words, or sketches of the bodies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.content.text_sketches import SKETCH_SIZE, SKETCHES
from analysis.frames import check_frame
from analysis.text.normalize import normalize_words
from analysis.text.title_vectors import weigh_titles

__all__ = [
    "DAY_US",
    "TOPIC_DAYS",
    "DatedTitles",
    "Pairs",
    "find_title_pairs",
    "find_topic_pairs",
    "apply_bodies",
    "label_components",
]

_SAME_TITLE = 0.7  # of all pairs of characters of both titles
_SAME_DAYS = 30  # a title that comes back later is another article
_LEAST_CHARS = 8  # a shorter title (招聘公告) is anybody's
_FORMULA = 3  # a wording that one account uses so often says nothing of the article
_SAME_TOPIC, TOPIC_DAYS = 0.4, 3
_COMMON = 300  # a pair of characters in more titles names no topic
_BLOCK = 1000
_DIGITS = re.compile(r"\d+")
_LONGEST_TITLE = 200  # WeChat allows 64 characters
_PREFIX = re.compile(r"^\s*(?:【[^】]{1,10}】|[^|｜丨]{1,8}[|｜丨])")
_SUFFIX = re.compile(r"[|｜丨][^|｜丨]{1,8}$")
DAY_US = 86_400_000_000
_SAME_BODY = 0.5  # of the runs of eight characters of both texts
_COMMON_RUN = 100  # what stands in more bodies is a footer
_NO_SKETCH = np.zeros(0, dtype=np.int64)


class DatedTitles:
    """The dated titles in order of time: who wrote them, when (microseconds), and the text of each
    as it is compared, "" where it is no evidence.
    """

    def __init__(
        self, rows: pd.DataFrame, owners: npt.NDArray[np.int64], times_us: npt.NDArray[np.int64]
    ) -> None:
        self.rows, self.owners, self.times_us = rows, owners, times_us
        folded = pd.Series(
            [
                normalize_words(_strip_column(title)).replace(" ", "")
                for title in rows["title"].tolist()
            ],
            dtype="str",
        )
        bare = folded.str.replace(_DIGITS, "", regex=True)
        often = bare.groupby([owners, bare]).transform("size")
        self.usable = (
            (folded.str.len() >= _LEAST_CHARS)
            & (bare.str.len() >= _LEAST_CHARS // 2)
            & (often < _FORMULA)
        ).to_numpy()
        number, texts = folded.where(self.usable, "").factorize()
        self.text_of, self.texts = number.astype(np.int64), [str(text) for text in texts]
        self.vectors = weigh_titles(self.texts)


def _strip_column(title: str) -> str:
    """A title without the column's name that an account sets before or behind a text it takes over
    (学术分享丨…, …丨某某推荐).
    """
    cut = title[:_LONGEST_TITLE]
    for edge in (_PREFIX, _SUFFIX):
        rest = edge.sub("", cut)
        cut = rest if len(rest) >= _LEAST_CHARS else cut
    return cut


class Pairs(NamedTuple):
    """Pairs of articles, i before j in order of time, how alike they are (0 to 1), and by what: a
    kind of OVERLAPS.
    """

    i: npt.NDArray[np.int64]
    j: npt.NDArray[np.int64]
    alike: npt.NDArray[np.float64]
    kind: npt.NDArray[np.object_]

    def only(self, mask: npt.NDArray[np.bool_]) -> Pairs:
        return Pairs(self.i[mask], self.j[mask], self.alike[mask], self.kind[mask])


def _pairs(i: Any, j: Any, alike: Any, kind: str) -> Pairs:
    return Pairs(
        np.asarray(i, np.int64),
        np.asarray(j, np.int64),
        np.asarray(alike, np.float64),
        np.full(len(i), kind, dtype=object),
    )


def _concatenate(pairs: Pairs, more: Pairs) -> Pairs:
    return Pairs(*(np.concatenate(parts) for parts in zip(pairs, more, strict=True)))


def find_title_pairs(titles: DatedTitles) -> Pairs:
    """Titles of different accounts that are nearly the same, each paired with the next of its kind
    within the days.
    """
    numbers = [_DIGITS.findall(text) for text in titles.texts]
    i, j = (side.tolist() for side in _similar_texts(titles))
    links = [(a, b) for a, b in zip(i, j, strict=True) if numbers[a] == numbers[b]]
    graph = sparse.csr_matrix(
        (np.ones(len(links)), tuple(zip(*links, strict=True)) if links else ([], [])),
        shape=(len(titles.texts),) * 2,
    )
    group = label_components(graph)[titles.text_of]
    rows = np.flatnonzero(titles.usable)
    rows = rows[np.argsort(group[rows], kind="stable")]
    first, second = rows[:-1], rows[1:]
    near = (group[first] == group[second]) & (
        titles.times_us[second] - titles.times_us[first] <= _SAME_DAYS * DAY_US
    )
    first, second = first[near], second[near]
    scored = [
        _bigram_jaccard(titles.texts[titles.text_of[a]], titles.texts[titles.text_of[b]])
        for a, b in zip(first, second, strict=True)
    ]
    return _pairs(first, second, scored, "same_title")


def _bigram_jaccard(text: str, other_text: str) -> float:
    first, second = (
        {part[start : start + 2] for start in range(len(part) - 1)} for part in (text, other_text)
    )
    return len(first & second) / max(len(first | second), 1)


def _similar_texts(titles: DatedTitles) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of different texts whose pairs of characters have a Jaccard of at least _SAME_TITLE.

    Common pairs of characters are left out of the product and then allowed for: what could reach
    the threshold is counted in full.
    """
    marks = titles.vectors.weights.copy()
    marks.data[:] = 1.0
    sizes = np.diff(marks.indptr)
    rare = _rare(marks, titles.vectors.df)
    common, other = sizes - np.diff(rare.indptr), rare.T.tocsr()
    matches = [np.zeros((2, 0), dtype=np.int64)]
    for begin in range(0, len(sizes), _BLOCK):
        shared = sparse.coo_matrix(rare[begin : begin + _BLOCK] @ other)
        i, j, shared_counts = (
            shared.row.astype(np.int64) + begin,
            shared.col.astype(np.int64),
            shared.data,
        )
        needed = _SAME_TITLE / (1 + _SAME_TITLE) * (sizes[i] + sizes[j])
        candidates = (i < j) & (shared_counts + np.minimum(common[i], common[j]) >= needed)
        i, j, needed = i[candidates], j[candidates], needed[candidates]
        whole = (
            np.asarray(marks[i].multiply(marks[j]).sum(axis=1)).ravel() if len(i) else np.zeros(0)
        )
        matches.append(np.stack([i, j])[:, whole >= needed])
    return tuple(np.concatenate(matches, axis=1))


def _rare(weights: sparse.csr_matrix, df: npt.NDArray[np.int64]) -> sparse.csr_matrix:
    """The weights of what at most _COMMON titles have; the columns are sorted by that."""
    return weights[:, : int(np.searchsorted(df, _COMMON, side="right"))].tocsr()


def find_topic_pairs(titles: DatedTitles, copies: npt.NDArray[np.int64]) -> Pairs:
    """Each article and the earlier one of another account, at most three days before, whose rare
    words it shares most.
    """
    rare = _rare(titles.vectors.weights, titles.vectors.df)[titles.text_of]
    pairs = _pairs([], [], [], "same_topic")
    for begin in range(0, len(titles.times_us), _BLOCK):
        end = min(begin + _BLOCK, len(titles.times_us))
        low = int(np.searchsorted(titles.times_us, titles.times_us[begin] - TOPIC_DAYS * DAY_US))
        shared = sparse.coo_matrix(rare[begin:end] @ rare[low:end].T)
        j, i = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64) + low
        alike = shared.data >= _SAME_TOPIC
        i, j, similarities = i[alike], j[alike], shared.data[alike]
        selected = (
            (i < j)
            & (titles.owners[i] != titles.owners[j])
            & (titles.times_us[j] - titles.times_us[i] <= TOPIC_DAYS * DAY_US)
            & ((copies[i] < 0) | (copies[i] != copies[j]))
        )
        i, j, similarities = i[selected], j[selected], similarities[selected]
        order = np.lexsort((i, -similarities, j))
        best = order[np.unique(j[order], return_index=True)[1]]
        pairs = _concatenate(pairs, _pairs(i[best], j[best], similarities[best], "same_topic"))
    return pairs


def apply_bodies(titles: DatedTitles, pairs: Pairs, sketches: pd.DataFrame | None) -> Pairs:
    """Title pairs that no body contradicts, and pairs that bodies show; a pair whose bodies agree
    is the same text. Raises FrameError.
    """
    if sketches is None or sketches.empty:
        return pairs
    check_frame(sketches, SKETCHES, name="sketches")
    sketch_of = dict(zip(sketches["article_id"], sketches["sketch"], strict=True))
    article_sketches = [
        sketch_of.get(article_id, _NO_SKETCH) for article_id in titles.rows["article_id"]
    ]
    agree = np.array(
        [
            _sketch_jaccard(article_sketches[a], article_sketches[b])
            for a, b in zip(pairs.i, pairs.j, strict=True)
        ],
        dtype=np.float64,
    )
    by_title = pairs.only(np.isnan(agree))
    by_body = _body_pairs(titles, article_sketches)
    same_body = agree >= _SAME_BODY
    return _concatenate(
        by_title,
        _concatenate(
            _pairs(pairs.i[same_body], pairs.j[same_body], agree[same_body], "same_text"), by_body
        ),
    )


def _sketch_jaccard(sketch: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> float:
    """The estimated Jaccard of two texts by their sketches: how many of the smallest numbers of
    both are in either; NaN where one has none.
    """
    size = min(len(sketch), len(other))
    if not size:
        return float("nan")
    both = np.sort(np.concatenate([sketch, other]))
    twice = np.flatnonzero(both[1:] == both[:-1])
    ranks = twice - np.arange(len(twice))  # among the different numbers
    return float(np.count_nonzero(ranks < size) / size)


def _body_pairs(titles: DatedTitles, article_sketches: Sequence[npt.NDArray[np.int64]]) -> Pairs:
    """Bodies of different accounts that share half of their sketch, at most 30 days apart."""
    sizes = np.array([len(sketch) for sketch in article_sketches])
    _, values = np.unique(np.concatenate([*article_sketches, _NO_SKETCH]), return_inverse=True)
    rows = np.repeat(np.arange(len(article_sketches)), sizes)
    few = (
        np.bincount(values, minlength=1)[values] <= _COMMON_RUN
        if len(values)
        else np.zeros(0, dtype=bool)
    )
    marks = sparse.csr_matrix(
        (np.ones(int(few.sum())), (rows[few], values[few])),
        shape=(len(article_sketches), int(values.max(initial=0)) + 1),
    )
    pairs = _pairs([], [], [], "same_text")
    for begin in range(0, len(article_sketches), _BLOCK):
        shared = sparse.coo_matrix(marks[begin : begin + _BLOCK] @ marks.T)
        i, j = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64)
        selected = (
            (i < j)
            & (shared.data >= SKETCH_SIZE // 8)
            & (titles.owners[i] != titles.owners[j])
            & (titles.times_us[j] - titles.times_us[i] <= _SAME_DAYS * DAY_US)
        )
        i, j = i[selected], j[selected]
        alike = np.array(
            [
                _sketch_jaccard(article_sketches[a], article_sketches[b])
                for a, b in zip(i, j, strict=True)
            ],
            dtype=np.float64,
        )
        pairs = _concatenate(pairs, _pairs(i, j, alike, "same_text").only(alike >= _SAME_BODY))
    return pairs


def label_components(graph: sparse.csr_matrix) -> npt.NDArray[np.int64]:
    """The number of the group that each place belongs to."""
    # 0.2 s to load, and needed for what is not cached only
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
