"""What one account's titles say and the others' don't (log-odds, Monroe et al. 2008)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compute.cache import cached_by_account
from analysis.content.titles import _NEEDED
from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame
from analysis.text.normalize import normalize_word
from analysis.text.tokens import cut_words, stop_words

__all__ = ["DISTINCTIVE", "compare_words"]

WORD_COUNTS = {
    "account_id": "str",
    "account": "str",
    "word": "str",
    "n": "int64",
    "titles": "int64",
}


DISTINCTIVE = {
    "account_id": "str",
    "account": "str",
    "word": "str",
    "z": "float64",
    "log_odds": "float64",
    "n": "int64",
    "n_others": "int64",
    "titles": "int64",
    "words": "int64",
    "words_others": "int64",
}


_Z = 1.96


@cached_by_account(WORD_COUNTS, {"articles": ("title",)})
def count_words(
    articles: pd.DataFrame, *, user_words: Sequence[str] = (), tokenizer: str = "rjieba"
) -> pd.DataFrame:
    """How often each account's different titles have each telling word: no stop words, single
    characters or plain numbers.

    Returns one row per account and word: account_id, account, word (folded) str; n int64 times;
    titles int64 that have it. Sorted by account, account_id, word. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    rows = _different(articles)
    words = _informative_words(cut_words(rows["title"], tokenizer=tokenizer, user_words=user_words))
    long = (
        rows[["account_id", "account"]]
        .assign(word=pd.Series(words, dtype="object"), title=range(len(rows)))
        .explode("word")
        .dropna(subset=["word"])
    )
    counted = (
        long.astype({"word": "str"})
        .groupby(["account", "account_id", "word"], as_index=False)
        .agg(n=("title", "size"), titles=("title", "nunique"))
    )
    return counted[list(WORD_COUNTS)].astype(WORD_COUNTS)


def _different(articles: pd.DataFrame) -> pd.DataFrame:
    return articles.loc[
        articles["title"].notna(), ["account_id", "account", "title"]
    ].drop_duplicates(["account_id", "title"], ignore_index=True)


def compare_words(
    articles: pd.DataFrame,
    *,
    user_words: Sequence[str] = (),
    most: int = 20,
    least: int = 3,
    prior_words: float = 200.0,
    tokenizer: str = "rjieba",
) -> pd.DataFrame:
    """The words that tell one account's titles from all the others': log-odds ratio with an
    informative Dirichlet prior.

    Monroe, Colaresi & Quinn (2008), Fightin' Words, equations 15, 16 and 19–22: the prior is all
    titles together, worth `prior_words` words (about thirty titles); z is the log-odds difference
    over its standard deviation. Stop words, single characters and plain numbers are left out of all
    counts.

    Returns at most `most` rows per account with z ≥ 1.96, n ≥ `least` and two different titles:
    account_id, account, word (folded) str; z, log_odds float64; n, n_others int64, occurrences;
    titles int64 of the account that have it; words, words_others int64, all counted. Nothing for
    accounts under LEAST_TITLES titles, nor where there is only one account. Sorted by account, z
    falling, word. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    counted = count_words(articles, user_words=user_words, tokenizer=tokenizer)
    accounts = (
        _different(articles)
        .groupby(["account", "account_id"], as_index=False)
        .agg(different=("title", "size"))
    )
    owner = pd.Index(accounts["account_id"]).get_indexer(counted["account_id"])
    word, vocabulary = pd.factorize(counted["word"].to_numpy(dtype=object), sort=True)
    counts, titles = (np.zeros((len(accounts), len(vocabulary)), dtype=np.int64) for _ in range(2))
    counts[owner, word], titles[owner, word] = counted["n"], counted["titles"]
    enough = accounts["different"].to_numpy() >= MIN_ARTICLES
    z, odds = _weigh_words(counts, prior_words)
    chosen = (z >= _Z) & (counts >= least) & (titles >= 2) & enough[:, None]
    at, which = np.nonzero(chosen)
    frame = pd.DataFrame(
        {
            "account_id": accounts["account_id"].to_numpy()[at],
            "account": accounts["account"].to_numpy()[at],
            "word": vocabulary[which],
            "z": z[at, which],
            "log_odds": odds[at, which],
            "n": counts[at, which],
            "n_others": counts.sum(axis=0)[which] - counts[at, which],
            "titles": titles[at, which],
            "words": counts.sum(axis=1)[at],
            "words_others": counts.sum() - counts.sum(axis=1)[at],
        }
    )
    frame = frame.astype(DISTINCTIVE).sort_values(
        ["account", "account_id", "z", "word"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
    return frame.groupby("account_id").head(most).reset_index(drop=True)


def _weigh_words(
    counts: NDArray[np.int64], prior_words: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """z and log-odds difference of each account (rows) against the sum of the others, by word
    (columns).
    """
    together = counts.sum(axis=0)
    if (
        min(counts.shape) < 2 or not together.sum()
    ):  # one account, or one word in all titles: nothing to hold it against
        return np.zeros(counts.shape), np.zeros(counts.shape)
    prior = prior_words * together / together.sum()
    own, others = counts + prior, together - counts + prior
    own_rest = counts.sum(axis=1, keepdims=True) + prior_words - own
    others_rest = together.sum() - counts.sum(axis=1, keepdims=True) + prior_words - others
    odds = np.log(own / own_rest) - np.log(others / others_rest)
    return odds / np.sqrt(1 / own + 1 / others), odds


def _informative_words(titles: Sequence[Sequence[str]]) -> list[list[str]]:
    folded: dict[str, str | None] = {}
    for word in {word for words in titles for word in words}:
        plain = normalize_word(word)
        informative = (
            len(plain) > 1
            and plain not in stop_words()
            and not re.fullmatch(r"[\d.\-%#+_]+", plain)
        )
        folded[word] = plain if informative else None
    return [[shown for word in words if (shown := folded[word]) is not None] for words in titles]
