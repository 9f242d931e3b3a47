"""Articles of one account -> how alike every two of them are, in each respect that may tell whether
they belong to one content column.

Text (characters, words, skeleton, beginnings, endings, subject), form (signs, length) and place
(slot, push, day, weekday, hour). Weights are pair_model.py's; nothing here is learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from analysis.text.normalize import normalize_key
from analysis.text.tokens import cut_folded
from analysis.text.word_vectors import embed_titles, unit_rows

__all__ = [
    "LIKENESSES",
    "TEXT",
    "ArticleFeatures",
    "compare_places",
    "compare_text",
    "take_rows",
    "view_rows",
]

Floats = npt.NDArray[np.float32]

TEXT = ("characters", "skeleton", "beginning", "ending", "signs", "own_subject", "local_subject")
PLACE = (
    "length",
    "same_slot",
    "slots_apart",
    "same_slot_from_end",
    "same_push_size",
    "same_push",
    "days_apart",
    "same_day",
    "weeks_apart_exactly",
    "hours_apart",
)
LIKENESSES = (*TEXT, *PLACE)
_SIGNS = [
    re.compile(p)
    for p in (
        r"[?？]",
        r"[!！]",
        r"[“”\"]",
        r"\d",
        r"[|｜丨]",
        r"[:：]",
        r"《",
        r"[,，]",
        r"\s",
        r"[A-Za-z]",
        r"[…~]",
        r"[【「\[]",
        r"^.{0,8}$",
    )
]
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-zà-ÿ]+")
_WORD = re.compile(
    r"[\u4e00-\u9fff#]|.."
)  # one Han character or longer; lone signs and letters tell nothing
_LEAST_RANGE = 0.15  # a sign that hardly ever occurs must not outweigh all others once standardised
_TOPICS = 50


@dataclass(frozen=True, slots=True, eq=False)
class ArticleFeatures:
    """n rows of one account, seen from every side; text as matrices of unit rows, place as float
    arrays with NaN where it is not known.
    """

    characters: sp.csr_matrix
    skeleton: sp.csr_matrix
    beginning: sp.csr_matrix
    ending: sp.csr_matrix
    signs: Floats
    own_subject: Floats
    local_subject: Floats
    length: Floats
    slot: Floats
    slot_from_end: Floats
    push_size: Floats
    push: npt.NDArray[np.int64]
    day: Floats
    hour: Floats

    def __len__(self) -> int:
        return len(self.length)


def view_rows(articles: pd.DataFrame) -> ArticleFeatures:
    """The views of one account's articles, in their order; a missing title is an empty one.

    Characters weigh by their rarity within the account. `own_subject` is what the words are about,
    less the account's mean; `local_subject` is the same with the account's own co-occurrences
    added.
    """
    titles = ["" if pd.isna(title) else str(title) for title in articles["title"]]
    folded = [normalize_key(title) for title in titles]
    words = [cut_folded(text) for text in folded]
    subject = embed_titles(words)
    own = unit_rows(subject - subject.mean(axis=0)) if len(titles) else subject
    return ArticleFeatures(
        characters=_weigh([_grams(text, 1, 2) for text in folded]),
        skeleton=_weigh([_skeleton_grams(text) for text in folded]),
        beginning=_weigh([[text[:k] for k in range(1, 6)] for text in folded]),
        ending=_weigh([[text[-k:] for k in range(1, 6)] for text in folded]),
        signs=_find_signs(titles),
        own_subject=own,
        local_subject=_blend_subject(own, folded, words),
        length=np.log1p([len(text) for text in folded]).astype(np.float32),
        **_places(articles),
    )


def take_rows(views: ArticleFeatures, rows: npt.NDArray[np.intp]) -> ArticleFeatures:
    """The same views of some rows, weighed as they were among all."""
    return ArticleFeatures(
        **{field.name: getattr(views, field.name)[rows] for field in fields(ArticleFeatures)}
    )


def compare_text(left: ArticleFeatures, right: ArticleFeatures) -> Iterator[tuple[str, Floats]]:
    """The cosine of each view in TEXT, by name: left rows × right rows. One at a time, so that only
    one matrix need be held.
    """
    for name in TEXT:
        product = getattr(left, name) @ getattr(right, name).T
        yield (
            name,
            np.asarray(product.toarray() if sp.issparse(product) else product, dtype=np.float32),
        )


def compare_places(left: ArticleFeatures, right: ArticleFeatures) -> Iterator[tuple[str, Floats]]:
    """Each likeness in PLACE by name: left rows × right rows, NaN where a side is not known.

    `length` is the difference of log lengths, `days_apart` log(1 + days), `hours_apart` log(1 +
    hours round the clock); slots count up to four apart; what is the same is 1, else 0.
    """
    yield "length", np.abs(left.length[:, None] - right.length)
    slots = np.abs(left.slot[:, None] - right.slot)
    yield "same_slot", _same(slots)
    yield "slots_apart", np.minimum(slots, 4)
    yield "same_slot_from_end", _same(left.slot_from_end[:, None] - right.slot_from_end)
    yield "same_push_size", _same(left.push_size[:, None] - right.push_size)
    yield (
        "same_push",
        ((left.push[:, None] == right.push) & (left.push[:, None] >= 0)).astype(np.float32),
    )
    days = np.abs(left.day[:, None] - right.day)
    yield "days_apart", np.log1p(days)
    yield "same_day", _same(days)
    yield (
        "weeks_apart_exactly",
        np.where(np.isnan(days), np.nan, (days % 7 == 0) & (days > 0)).astype(np.float32),
    )
    hours = np.abs(left.hour[:, None] - right.hour)
    yield "hours_apart", np.log1p(np.minimum(hours, 24 - hours))


def _same(difference: Floats) -> Floats:
    return np.where(np.isnan(difference), np.nan, difference == 0).astype(np.float32)


def _weigh(documents: Sequence[Iterable[str]], *, least: int = 1) -> sp.csr_matrix:
    """TF-IDF of tokens in at least `least` documents, with tf 0 or 1, rows of unit length; one
    empty column where there is none.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # here: it takes a second to import

    vectorizer = TfidfVectorizer(analyzer=list, binary=True, min_df=least, dtype=np.float64)
    try:
        return vectorizer.fit_transform(documents).astype(np.float32)
    except ValueError:  # scikit-learn's word for a vocabulary without a token
        return sp.csr_matrix((len(documents), 1), dtype=np.float32)


def _grams(text: str, least: int, most: int) -> list[str]:
    return [text[i : i + n] for n in range(least, most + 1) for i in range(len(text) - n + 1)]


def _skeleton_grams(text: str) -> list[str]:
    """The title with every run of Han as H and of Latin as a, in grams of one to three."""
    return _grams(f"^{_LATIN.sub('a', _HAN.sub('H', text))}$", 1, 3)


def _find_signs(titles: Sequence[str]) -> Floats:
    present = np.array(
        [[bool(sign.search(title)) for sign in _SIGNS] for title in titles], dtype=np.float32
    ).reshape(len(titles), len(_SIGNS))
    if not len(present):
        return present
    return unit_rows(
        (present - present.mean(axis=0)) / np.maximum(present.std(axis=0), _LEAST_RANGE)
    )


def _blend_subject(own: Floats, folded: Sequence[str], words: Sequence[Sequence[str]]) -> Floats:
    """Subjects with the account's own vocabulary: unknown words learn from the titles they stand
    in, and titles from their words.

    Two thirds come from the neighbours (on 10,000 news titles of ten subjects this took NMI from
    .35 to .48, the topics of the account's own words to .50).
    """
    bigrams = _weigh([_grams(text, 2, 2) for text in folded], least=2)
    spread = unit_rows(own + 2 * unit_rows(bigrams @ unit_rows(bigrams.T @ own)))
    weighed = _weigh([[word for word in title if _WORD.match(word)] for title in words])
    topics = min(_TOPICS, len(folded) // 10, weighed.shape[1] - 1)
    if topics < 2:
        return spread
    from sklearn.decomposition import (
        TruncatedSVD,
    )  # 0.5 s to load, and only pairs of titles need it

    with np.errstate(
        invalid="ignore", divide="ignore"
    ):  # titles of one wording vary in nothing, and it asks how much of that is explained
        local = TruncatedSVD(topics, random_state=0).fit_transform(weighed).astype(np.float32)
    return unit_rows(np.hstack([spread, np.float32(0.7) * unit_rows(local)]))


def _places(articles: pd.DataFrame) -> dict[str, Any]:
    """Slot, push and time as arrays of Views. Rows without a push id share a push when they went
    out at the very same time.
    """
    slot = articles["position"].astype("Float64").to_numpy(dtype=np.float32, na_value=np.nan)
    times = articles["published_at"]
    push = (
        articles["push_id"]
        .astype("object")
        .where(articles["push_id"].notna(), times.astype("object"))
    )
    codes = pd.factorize(push)[0].astype(np.int64)
    size = (
        pd.Series(slot).groupby(codes).transform("max").where(codes >= 0).to_numpy(dtype=np.float32)
    )
    exact = articles["time_precision"].isin(["second", "minute"]).to_numpy()
    hour = np.where(exact, times.dt.hour + times.dt.minute / 60, np.nan)
    midnight = times.dt.tz_localize(None).dt.normalize()
    day = (midnight - pd.Timestamp("2000-01-01")).dt.total_seconds() / 86400
    return {
        "slot": slot,
        "slot_from_end": size - slot,
        "push_size": size,
        "push": codes,
        "day": day.to_numpy(dtype=np.float32),
        "hour": hour.astype(np.float32),
    }
