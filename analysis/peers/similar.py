"""Which accounts are like an account, a text or a few words: by content first, with columns,
cadence and layout as numbers beside it.

The order is that of content alone; nothing is added up across the four. Accounts that are pointed
to but not held are candidates.py's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.frames import check_frame
from analysis.text.ngrams import (
    Grams,
    count_grams,
    fit_grams,
    hash_gram,
    intro_weights,
    load_intro_weights,
)
from analysis.text.normalize import normalize_words
from analysis.text.tokens import cut_folded
from analysis.text.word_vectors import hash_word, load_word_vectors

__all__ = [
    "RANKED",
    "TEXTS",
    "WEIGHTS",
    "ContentIndex",
    "index_content",
    "rank_like_account",
    "rank_texts",
]

Floats = npt.NDArray[np.float64]

TEXTS: Mapping[str, str] = {"query": "str", "text": "str"}
RANKED: Mapping[str, str] = {
    "query": "str",
    "rank": "int64",
    "account": "str",
    "account_id": "str",
    "content": "float64",
    "title_likeness": "float64",
    "name_likeness": "float64",
    "meaning": "float64",
    "articles": "int64",
}
# Of the three views content is made of; chosen on descriptions that are not among the cases of the
# figure, in the middle of a flat range.
WEIGHTS = {"title_likeness": 1.0, "name_likeness": 0.3, "meaning": 0.1}
_ACCOUNTS = {"account_id": "str", "account": "str", "names": "object", "signature": "str"}
_ARTICLES = {"account_id": "str", "title": "str"}
_QUERIES = 200  # compared with all accounts at a time


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """One text per account: its grams, how rare each is over accounts, and the weighted rows at
    length 1.
    """

    grams: Grams
    rarity: Floats
    rows: sparse.csr_matrix


@dataclass(frozen=True, slots=True, eq=False)
class ContentIndex:
    """What accounts write and are called, ready to be compared. Made by index_content."""

    owners: pd.DataFrame  # account_id, account, articles, in the order of the rows below
    titles: _Field
    names: _Field
    meanings: Floats


def index_content(articles: pd.DataFrame, accounts: pd.DataFrame) -> ContentIndex:
    """Index accounts for comparison: each by its titles and introduction (简介), by all its names,
    and by what the words of these mean.

    `articles` needs account_id and title, `accounts` the columns account_id, account, names and
    signature of the accounts frame; every account of `accounts` is in, with titles or without.
    Raises FrameError.
    """
    check_frame(articles, _ARTICLES, name="articles")
    check_frame(accounts, _ACCOUNTS, name="accounts")
    owners = accounts[["account_id", "account"]].sort_values("account_id", ignore_index=True)
    titled = articles.dropna(subset=["title"])
    wordings = (
        titled.groupby("account_id")["title"]
        .agg("\n".join)
        .reindex(owners["account_id"])
        .fillna("")
    )
    about = accounts.set_index("account_id").reindex(owners["account_id"])
    titles = [
        normalize_words(f"{wording}\n{intro}")
        for wording, intro in zip(wordings, about["signature"].fillna(""), strict=True)
    ]
    names = [
        normalize_words("\n".join(dict.fromkeys([shown, *(former_names or ())])))
        for shown, former_names in zip(about["account"], about["names"], strict=True)
    ]
    counted = (
        titled["account_id"].value_counts().reindex(owners["account_id"]).fillna(0).astype("int64")
    )
    meanings = _embed([f"{wording} {name}" for wording, name in zip(titles, names, strict=True)])
    return ContentIndex(
        owners.assign(articles=counted.array), _field(titles), _field(names), meanings
    )


def rank_texts(index: ContentIndex, texts: pd.DataFrame, *, top: int = 10) -> pd.DataFrame:
    """The accounts most similar to each text: an introduction, a positioning, or a few words.

    title_likeness and name_likeness are cosines of the text with an account's titles (and
    introduction) and with its names, over characters and pairs of characters weighted (1 + ln
    count) · ln(1 + N / accounts that have it), the text's also by intro_weights; meaning is the
    cosine of their word vectors, 0 where negative. content is their mean weighted by WEIGHTS. All
    are 0 to 1.

    Returns the columns of RANKED: query str as given; rank int64 from 1; account, account_id str;
    content, title_likeness, name_likeness, meaning float64; articles int64, titled ones. At most
    `top` rows a query, those with any similarity of content; queries in the order given, then by
    rank; ties by account_id. Nothing is missing. Raises FrameError.
    """
    check_frame(texts, TEXTS, name="texts")
    folded = [normalize_words(text) if isinstance(text, str) else "" for text in texts["text"]]
    parts = [
        _rank(
            index,
            list(texts["query"].iloc[start : start + _QUERIES]),
            _views_of_texts(index, folded[start : start + _QUERIES]),
            top,
        )
        for start in range(0, len(folded), _QUERIES)
    ]
    return pd.concat(parts, ignore_index=True) if parts else _ranked([])


def rank_like_account(index: ContentIndex, account_id: str, *, top: int = 10) -> pd.DataFrame:
    """The other accounts most similar to one of the index: its titles against theirs, its names
    against theirs, its words' meaning against theirs.

    Returns what rank_texts does, with the account's id as query; the account itself is left out.
    Raises KeyError for an unknown account_id.
    """
    position = pd.Index(index.owners["account_id"]).get_loc(account_id)
    views = {
        "title_likeness": _compare(index.titles.rows[[position]], index.titles),
        "name_likeness": _compare(index.names.rows[[position]], index.names),
        "meaning": np.clip(index.meanings[[position]] @ index.meanings.T, 0.0, 1.0),
    }
    for view in views.values():
        view[0, position] = 0.0
    return _rank(index, [account_id], views, top)


def _field(texts: Sequence[str]) -> _Field:
    grams = fit_grams(texts)
    holders = np.bincount(grams.counts.indices, minlength=len(grams.codes))
    rarity = np.log1p(len(texts) / holders)
    return _Field(grams, rarity, _weigh(grams.counts, rarity))


def _weigh(counts: sparse.csr_matrix, weights: Floats) -> sparse.csr_matrix:
    """(1 + ln count) times the weight of the column, each row at length 1."""
    rows = counts.copy()
    rows.data = (1.0 + np.log(rows.data)) * weights[rows.indices]
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(rows.indptr))
    return rows


def _views_of_texts(index: ContentIndex, folded: Sequence[str]) -> dict[str, Floats]:
    views = {}
    for name, field in (("title_likeness", index.titles), ("name_likeness", index.names)):
        counts = count_grams(folded, field.grams.codes)
        weights = np.zeros(len(field.rarity))
        used = np.unique(counts.indices)
        weights[used] = field.rarity[used] * intro_weights(field.grams.codes[used])
        views[name] = _compare(_weigh(counts, weights), field)
    meanings = _embed(folded, weights=load_intro_weights())
    return {**views, "meaning": np.clip(meanings @ index.meanings.T, 0.0, 1.0)}


def _compare(rows: sparse.csr_matrix, field: _Field) -> Floats:
    cosines: Floats = np.clip((rows @ field.rows.T).toarray(), 0.0, 1.0)
    return cosines


def _embed(texts: Sequence[str], *, weights: Mapping[int, float] | None = None) -> Floats:
    """One vector of length 1 per text, of the words in it that are known: (1 + ln count) · weight ·
    the word's vector; zero where none is.
    """
    lexicon = load_word_vectors()
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for word, count in Counter(cut_folded(text)).items():
            if (column := lexicon.rows.get(hash_word(word))) is not None:
                rows.append(row)
                columns.append(column)
                values.append(
                    (1.0 + np.log(count)) * (weights.get(hash_gram(word), 1.0) if weights else 1.0)
                )
    counts = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(lexicon.vectors)))
    sums = counts @ lexicon.vectors.astype(np.float64)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    unit: Floats = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0)
    return unit


def _rank(
    index: ContentIndex, queries: Sequence[str], views: Mapping[str, Floats], top: int
) -> pd.DataFrame:
    content = sum(WEIGHTS[name] * views[name] for name in WEIGHTS) / sum(WEIGHTS.values())
    # sums in another order on another machine must not change who comes first
    content = np.round(content, 9)
    rows = []
    for position, query in enumerate(queries):
        best = np.argsort(-content[position], kind="stable")[:top]
        best = best[content[position, best] > 0]
        figures = {name: view[position, best] for name, view in views.items()}
        rows.append(
            index.owners.iloc[best].assign(
                query=query,
                rank=np.arange(1, len(best) + 1),
                content=content[position, best],
                **figures,
            )
        )
    return _ranked(rows)


def _ranked(rows: Sequence[pd.DataFrame]) -> pd.DataFrame:
    ranked = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return pd.DataFrame(
        {column: pd.Series(ranked.get(column, []), dtype=dtype) for column, dtype in RANKED.items()}
    )
