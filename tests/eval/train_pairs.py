#!/usr/bin/env python3
"""Learn what tells that two articles are of one content column, from accounts whose titles name
their columns (marker cut off).

    train_pairs.py vectors word vectors from titles of accounts outside the gold ->
      analysis/lexicons/word_vectors.json
    train_pairs.py cross the figure: 5 folds over accounts, each scored by weights that never saw it
    train_pairs.py weights learn from all accounts -> analysis/lexicons/pair_model.json, and score
      them on what they saw
    train_pairs.py themes        NMI on news titles of ten subjects, by the weights that ship

Needs ../shared beside the repository (or DUIBIAO_SHARED); nothing of it is kept but numbers.
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score
from sklearn.utils.extmath import randomized_svd

from analysis.columns.unmarked.clusters import cluster_unmarked, cut_clusters, join_articles
from analysis.columns.unmarked.pair_features import (
    LIKENESSES,
    TEXT,
    compare_places,
    compare_text,
    take_rows,
    view_rows,
)
from analysis.columns.unmarked.pair_model import PairModel, measure_habits
from analysis.frames import ARTICLES, TIME
from analysis.text.normalize import normalize_key
from analysis.text.tokens import cut_folded
from analysis.text.word_vectors import hash_word
from crawler.records import PRECISIONS

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
LEXICONS = ROOT / "analysis" / "lexicons"
N_FOLDS = 5
N_ROWS = 400  # of an account, for learning
N_PAIRS = 2000  # of each answer, of an account
CUTS = (0.45, 0.5, 0.525, 0.55, 0.6)
CUT = 0.525  # the middle of the range where `cross` is flat
DIMENSIONS = 64
LEAST_ACCOUNTS = 12  # that use a word, for it to get a vector
VECTOR_SETS = ("feeds_2021", "scholar_histories")
_LETTER = re.compile(r"[\u4e00-\u9fffa-z]")


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """One account of the gold: its articles as they are imported, and the column of each ("" where
    the gold has none).
    """

    source: str
    name: str
    articles: pd.DataFrame
    columns: pd.Series


@cache
def load_scorer() -> ModuleType:
    """columns_eval.py, so that everything is counted as it counts."""
    spec = importlib.util.spec_from_file_location(
        "columns_eval", SHARED / "eval" / "columns_eval.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_accounts() -> list[Account]:
    """Every account of the gold with all its rows, the marker cut off."""
    scorer = load_scorer()
    gold = scorer.load_gold(None, "hidden")
    rows = frame_of(scorer.import_rows(gold, "hidden"))
    groups = gold.groupby(["source_set", "account"], sort=True).indices
    return [
        Account(source, name, rows.iloc[places], gold["column"].iloc[places])
        for (source, name), places in groups.items()
    ]


def frame_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of the articles frame that matter here, from columns account, title,
    published_at, position, url as text.
    """
    text = rows["published_at"]
    times = pd.Series([parse_time(value) for value in text], dtype=TIME, index=rows.index)
    precision = np.where(times.isna(), "none", np.where(text.str.len() > 10, "second", "day"))
    data = {
        "title": rows["title"].astype("str"),
        "published_at": times,
        "time_precision": pd.Categorical(precision, categories=list(PRECISIONS)),
        "position": pd.to_numeric(rows["position"], errors="coerce").astype("Int64"),
        "url": rows["url"],
    }
    return (
        pd.DataFrame(data, index=rows.index)
        .reindex(columns=list(ARTICLES))
        .assign(article_id=rows["url"], account=rows["account"])
        .astype({"push_id": "str"})
    )


def parse_time(text: str) -> pd.Timestamp:
    """A time in Beijing, NaT where the text is none."""
    try:
        time_ = pd.Timestamp(text)
    except ValueError:
        return pd.NaT
    return (
        time_
        if pd.isna(time_)
        else time_.tz_convert("Asia/Shanghai")
        if time_.tzinfo
        else time_.tz_localize("Asia/Shanghai")
    )


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Labelled pairs of one account: likenesses (NaN = not known), text likenesses standardised
    within the account, the answer.
    """

    likenesses: npt.NDArray[np.float32]
    own: npt.NDArray[np.float32]
    same: npt.NDArray[np.bool_]


def collect_pairs(account: Account) -> Pairs | None:
    """Pairs of labelled rows of a sample of the account, as many of one column as of two at most;
    None where one answer is missing.
    """
    rng = np.random.default_rng(0)
    rows = np.sort(rng.permutation(len(account.articles))[:N_ROWS])
    views = take_rows(view_rows(account.articles), rows)
    columns = account.columns.to_numpy()[rows]
    labelled = np.flatnonzero(columns != "")
    i, j = (labelled[side] for side in np.triu_indices(len(labelled), 1))
    same = columns[i] == columns[j]
    if len(same) == 0 or same.all() or not same.any():
        return None
    kept = np.concatenate(
        [rng.permutation(np.flatnonzero(same == answer))[:N_PAIRS] for answer in (True, False)]
    )
    i, j = i[kept], j[kept]
    habits = measure_habits(views)
    found = {
        name: values[i, j]
        for compare in (compare_text, compare_places)
        for name, values in compare(views, views)
    }
    own = np.stack([(found[name] - habits[name][0]) / habits[name][1] for name in TEXT], axis=1)
    return Pairs(np.stack([found[name] for name in LIKENESSES], axis=1), own, same[kept])


def learn(pairs: Sequence[Pairs], *, cut: float = 0.5) -> PairModel:
    """Balanced logistic regression: each account weighs the same, and within it both answers."""
    weight = np.concatenate(
        [np.where(p.same, 0.5 / p.same.sum(), 0.5 / (~p.same).sum()) for p in pairs]
    )
    same = np.concatenate([p.same for p in pairs])
    raw = np.concatenate([p.likenesses for p in pairs])
    known = ~np.isnan(raw)
    means = (np.nan_to_num(raw) * weight[:, None]).sum(axis=0) / (known * weight[:, None]).sum(
        axis=0
    )
    inputs = np.hstack([np.where(known, raw - means, 0), np.concatenate([p.own for p in pairs])])
    scale = np.sqrt((inputs**2 * weight[:, None]).sum(axis=0) / weight.sum())
    fitted = LogisticRegression(max_iter=500).fit(
        inputs / scale, same, sample_weight=weight / weight.mean()
    )
    weights = fitted.coef_[0] / scale
    plain, own = np.split(weights, [len(LIKENESSES)])
    return PairModel(
        intercept=float(fitted.intercept_[0]),
        cut=cut,
        means=dict(zip(LIKENESSES, map(float, means), strict=True)),
        weights=dict(zip(LIKENESSES, map(float, plain), strict=True)),
        own_weights=dict(zip(TEXT, map(float, own), strict=True)),
    )


def measure(account: Account, labels: pd.Series) -> float:
    """AMI of the labelled rows of an account as columns_eval counts it; NaN where the account has
    too few of them to say anything.
    """
    known = (account.columns != "").to_numpy()
    truth, found = account.columns[known], labels[known].astype("object")
    if len(truth) < load_scorer().MIN_LABELLED or truth.nunique() < 2:
        return float("nan")
    alone = found.eq(-1)
    found[alone] = [f"alone:{row}" for row in np.flatnonzero(alone)]
    return float(adjusted_mutual_info_score(truth, found.astype(str)))


def by_source(accounts: Sequence[Account], values: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Mean over accounts per source of each cut's AMI, and the mean over sources below it."""
    table = (
        pd.DataFrame(values, columns=[f"cut {cut}" for cut in CUTS])
        .assign(source=[account.source for account in accounts])
        .dropna()
    )
    means = table.groupby("source").mean()
    return pd.concat([means, means.mean().to_frame("mean over sources").T])


def split_accounts(accounts: Sequence[Account]) -> npt.NDArray[np.int64]:
    """The fold of each account: those of a source spread evenly over the folds, in random order."""
    rng = np.random.default_rng(7)
    sources = pd.Series([account.source for account in accounts])
    folds = np.zeros(len(accounts), dtype=np.int64)
    for _, places in sorted(sources.groupby(sources).indices.items()):
        folds[rng.permutation(places)] = np.arange(len(places)) % N_FOLDS
    return folds


def score_cuts(account: Account, model: PairModel) -> list[float]:
    """AMI of one account at each of CUTS."""
    joined = join_articles(account.articles, model=model)
    return [
        measure(account, cut_clusters(joined, cut, index=account.articles.index)["label"])
        for cut in CUTS
    ]


def cross_validate(
    accounts: Sequence[Account], pairs: Sequence[Pairs | None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """AMI per source at every cut by weights of the other folds, and at the cut that was best on
    those other folds' accounts.
    """
    folds = split_accounts(accounts)
    values = np.full((len(accounts), len(CUTS)), np.nan)
    for fold in range(N_FOLDS):
        model = learn([p for p, f in zip(pairs, folds, strict=True) if f != fold and p is not None])
        for i in np.flatnonzero(folds == fold):
            values[i] = score_cuts(accounts[i], model)
    chosen = np.full((len(accounts), 1), np.nan)
    for fold in range(N_FOLDS):
        others = [account for account, f in zip(accounts, folds, strict=True) if f != fold]
        best = int(
            by_source(others, values[folds != fold]).loc["mean over sources"].to_numpy().argmax()
        )
        chosen[folds == fold, 0] = values[folds == fold, best]
    figures = by_source(accounts, values)
    return figures, by_source(accounts, np.repeat(chosen, len(CUTS), axis=1)).iloc[:, :1].set_axis(
        ["cut of the other folds"], axis=1
    )


def learn_vectors() -> dict[str, object]:
    """Words by the accounts that use them (PPMI, SVD), from titles of accounts that are not in the
    gold.
    """
    gold = set(load_scorer().load_gold(None, "hidden")["account"])
    sets = [
        pd.read_csv(SHARED / "sets" / f"{name}.csv.gz", dtype=str, keep_default_na=False)[
            ["account", "title"]
        ]
        for name in VECTOR_SETS
    ]
    titles = pd.concat(sets)
    titles = titles[~titles["account"].isin(gold)]
    words = titles["title"].map(
        lambda title: sorted(
            {word for word in cut_folded(normalize_key(title)) if _LETTER.search(word)}
        )
    )
    uses = (
        pd.DataFrame({"account": titles["account"].to_numpy(), "word": words.to_numpy()})
        .explode("word")
        .dropna()
    )
    used_by = uses.drop_duplicates().groupby("word").size()
    kept = used_by[used_by >= LEAST_ACCOUNTS].index
    counts = (
        uses[uses["word"].isin(kept)].groupby(["word", "account"]).size().rename("n").reset_index()
    )
    rows, columns = (
        pd.Index(kept).get_indexer(counts["word"]),
        pd.factorize(counts["account"], sort=True)[0],
    )
    vectors = reduce_counts(np.sqrt(counts["n"].to_numpy(dtype=float)), rows, columns)
    rarity = np.log(titles["account"].nunique() / used_by[kept].to_numpy())
    return pack_vectors([hash_word(word) for word in kept], vectors, rarity)


def reduce_counts(
    values: npt.NDArray[np.float64], rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Positive pointwise mutual information, context distribution smoothed by the power .75 (Levy,
    Goldberg and Dagan 2015), reduced by SVD.
    """
    total = values.sum()
    of_row = np.bincount(rows, values) / total
    of_column = (np.bincount(columns, values) / total) ** 0.75
    information = np.log(values / total / (of_row[rows] * (of_column / of_column.sum())[columns]))
    table = sp.csr_matrix((np.maximum(information, 0), (rows, columns)))
    left, strength, _ = randomized_svd(table, DIMENSIONS, random_state=0)
    return np.asarray(left * np.sqrt(strength))


def pack_vectors(
    hashes: Sequence[int], vectors: npt.NDArray[np.float64], rarity: npt.NDArray[np.float64]
) -> dict[str, object]:
    """The file's contents: hashes ascending, one of those that collide, vectors in 127 steps of
    their largest component.
    """
    order = np.unique(np.array(hashes, dtype="<u4"), return_index=True)
    steps = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype("i1")[
        order[1]
    ]
    step = float(rarity.max() / 255)
    packed = {
        "hashes": order[0],
        "rarity": np.round(rarity / step).astype("u1")[order[1]],
        "vectors": steps,
    }
    text = {
        name: base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
        for name, values in packed.items()
    }
    return {"dimensions": DIMENSIONS, "rarity_step": step, **text}


def measure_themes() -> tuple[int, float]:
    """How many themes are found in news titles of ten subjects, and their NMI with the subjects."""
    news = pd.read_csv(SHARED / "sets" / "thucnews_titles.csv.gz", dtype=str)
    rows = frame_of(
        pd.DataFrame(
            {
                "account": "news",
                "title": news["title"],
                "published_at": "",
                "position": "",
                "url": "",
            }
        )
    )
    labels = cluster_unmarked(rows)
    return labels.nunique(), float(normalized_mutual_info_score(news["label"], labels))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["vectors", "cross", "weights", "themes"])
    what = parser.parse_args().what
    if what == "vectors":
        save(learn_vectors(), "word_vectors.json")
    elif what == "themes":
        print("themes: {}, NMI {:.3f}".format(*measure_themes()))
    else:
        accounts = load_accounts()
        pairs = [collect_pairs(account) for account in accounts]
        if what == "cross":
            print(
                "\n\n".join(table.round(3).to_string() for table in cross_validate(accounts, pairs))
            )
        else:
            model = learn([p for p in pairs if p is not None], cut=CUT)
            save(asdict(model), "pair_model.json")
            print(
                by_source(accounts, np.array([score_cuts(account, model) for account in accounts]))
                .round(3)
                .to_string()
            )


def save(data: dict[str, object], name: str) -> None:
    (LEXICONS / name).write_text(
        json.dumps(data, indent=1 if name == "pair_model.json" else None) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
