#!/usr/bin/env python3
"""Learn what tells that two articles are of one content column, from accounts whose titles name their columns (marker cut off).

    train_pairs.py vectors       word vectors from titles of accounts outside the gold -> analysis/lexicons/word_vectors.json
    train_pairs.py cross         the figure: 5 folds over accounts, each scored by weights that never saw it
    train_pairs.py weights       learn from all accounts -> analysis/lexicons/pair_model.json, and score them on what they saw
    train_pairs.py themes        NMI on news titles of ten subjects, by the weights that ship

Needs ../shared beside the repository (or DUIBIAO_SHARED); nothing of it is kept but numbers.
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score
from sklearn.utils.extmath import randomized_svd

from analysis.column_pairs import cluster_unmarked
from analysis.frames import ARTICLES, TIME
from analysis.marks import fold_text
from analysis.pair_model import PairModel, measure_habits
from analysis.pair_views import LIKENESSES, TEXT, compare_rows, take_rows, view_rows
from analysis.word_vectors import cut_title, hash_word
from crawler.records import PRECISIONS

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
LEXICONS = ROOT / "analysis" / "lexicons"
N_FOLDS = 5
N_ROWS = 400  # of an account, for learning
N_PAIRS = 2000  # of each answer, of an account
CUTS = (0.4, 0.45, 0.5, 0.55, 0.6)
DIMENSIONS = 64
LEAST_ACCOUNTS = 12  # that use a word, for it to get a vector


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """One account of the gold: its articles as they are imported, and the column of each ("" where the gold has none)."""

    source: str
    name: str
    articles: pd.DataFrame
    columns: pd.Series


def load_scorer() -> ModuleType:
    """columns_eval.py, so that everything is counted as it counts."""
    spec = importlib.util.spec_from_file_location("columns_eval", SHARED / "eval" / "columns_eval.py")
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
    return [Account(source, name, rows.iloc[places], gold["column"].iloc[places]) for (source, name), places in groups.items()]


def frame_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of the articles frame that matter here, from columns account, title, published_at, position, url as text."""
    text = rows["published_at"]
    times = pd.Series([parse_time(value) for value in text], dtype=TIME, index=rows.index)
    precision = np.where(times.isna(), "none", np.where(text.str.len() > 10, "second", "day"))
    data = {"title": rows["title"].astype("str"), "published_at": times, "time_precision": pd.Categorical(precision, categories=list(PRECISIONS)),
            "position": pd.to_numeric(rows["position"], errors="coerce").astype("Int64"), "url": rows["url"]}  # fmt: skip
    return pd.DataFrame(data, index=rows.index).reindex(columns=list(ARTICLES)).assign(article_id=rows["url"], account=rows["account"]).astype({"push_id": "str"})


def parse_time(text: str) -> pd.Timestamp:
    """A time in Beijing, NaT where the text is none."""
    try:
        time_ = pd.Timestamp(text)
    except ValueError:
        return pd.NaT
    return time_ if pd.isna(time_) else time_.tz_convert("Asia/Shanghai") if time_.tzinfo else time_.tz_localize("Asia/Shanghai")


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Labelled pairs of one account: likenesses (NaN = not known), text likenesses standardised within the account, the answer."""

    likenesses: npt.NDArray[np.float32]
    own: npt.NDArray[np.float32]
    same: npt.NDArray[np.bool_]


def collect_pairs(account: Account) -> Pairs | None:
    """Pairs of labelled rows of a sample of the account, as many of one column as of two at most; None where one answer is missing."""
    rng = np.random.default_rng(0)
    rows = np.sort(rng.permutation(len(account.articles))[:N_ROWS])
    views = take_rows(view_rows(account.articles), rows)
    columns = account.columns.to_numpy()[rows]
    labelled = np.flatnonzero(columns != "")
    i, j = (labelled[side] for side in np.triu_indices(len(labelled), 1))
    same = columns[i] == columns[j]
    if len(same) == 0 or same.all() or not same.any():
        return None
    kept = np.concatenate([rng.permutation(np.flatnonzero(same == answer))[:N_PAIRS] for answer in (True, False)])
    i, j = i[kept], j[kept]
    habits = measure_habits(views)
    found = {name: values[i, j] for name, values in compare_rows(views, views)}
    own = np.stack([(found[name] - habits[name][0]) / habits[name][1] for name in TEXT], axis=1)
    return Pairs(np.stack([found[name] for name in LIKENESSES], axis=1), own, same[kept])


def learn(pairs: Sequence[Pairs], *, cut: float = 0.5) -> PairModel:
    """Balanced logistic regression: each account weighs the same, and within it both answers."""
    weight = np.concatenate([np.where(p.same, 0.5 / p.same.sum(), 0.5 / (~p.same).sum()) for p in pairs])
    same = np.concatenate([p.same for p in pairs])
    raw = np.concatenate([p.likenesses for p in pairs])
    known = ~np.isnan(raw)
    means = (np.nan_to_num(raw) * weight[:, None]).sum(axis=0) / (known * weight[:, None]).sum(axis=0)
    inputs = np.hstack([np.where(known, raw - means, 0), np.concatenate([p.own for p in pairs])])
    scale = np.sqrt((inputs**2 * weight[:, None]).sum(axis=0) / weight.sum())
    fitted = LogisticRegression(max_iter=500).fit(inputs / scale, same, sample_weight=weight / weight.mean())
    weights = fitted.coef_[0] / scale
    plain, own = np.split(weights, [len(LIKENESSES)])
    return PairModel(
        intercept=float(fitted.intercept_[0]), cut=cut, means=dict(zip(LIKENESSES, map(float, means), strict=True)),
        weights=dict(zip(LIKENESSES, map(float, plain), strict=True)), own_weights=dict(zip(TEXT, map(float, own), strict=True)),
    )  # fmt: skip
