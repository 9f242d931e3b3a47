"""Articles of one account without a visible mark -> clusters that may be its content columns or themes.

Every two articles get the learned probability of being of one column (pair_model.py); average link joins them up to one learned cut. The
number of clusters is not given. What a cluster is held together by, and what to call it, is cluster_kinds.py's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from analysis.frames import check_frame
from analysis.marks import fold_text
from analysis.pair_model import PairModel, load_pair_model, measure_habits, score_pairs
from analysis.pair_views import Views, take_rows, view_rows

__all__ = ["Dendrogram", "cluster_unmarked", "cut_clusters", "join_articles"]

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]

NEEDED = {"title": "str", "published_at": "datetime64[us, Asia/Shanghai]", "time_precision": "category", "position": "Int64", "push_id": "str"}
LEAST_ROWS = 3  # differently titled: below it nothing can recur
SAMPLE = 600  # rows that find an account's clusters; the rest are assigned
_CHUNK = 2000  # rows assigned at once, so that a large account stays small in memory


@dataclass(frozen=True, slots=True, eq=False)
class Dendrogram:
    """`title_of[row]` is the number of the row's title, -1 where it has none; `sample` are the titles that were joined, in `tree` (SciPy's
    linkage of 1 - probability); `near` holds the probabilities of all titles against the sample."""

    title_of: Ints
    sample: Ints
    tree: npt.NDArray[np.float64]
    near: Floats


def cluster_unmarked(
    articles: pd.DataFrame, *, seeds: pd.Series | None = None, seed: int = 0, model: PairModel | None = None
) -> pd.Series:
    """Which of one account's articles belong together, by text, form and place.

    `articles` has the columns of the articles frame; time, precision, position and push may be missing. `seeds` names the content column
    already found for a row (missing = none): rows of one seed are joined from the start and rows of two are kept apart, so that unmarked
    rows gather around the columns they belong to. Seeded rows get a label too, and it is for the caller to decide what they are in. `seed`
    draws the sample of an account of more than 600 titles; the rest go to the nearest cluster on average.

    Returns an int64 Series on the index given: 0 for the largest cluster, then on; -1 for a row alone. Rows of one title are together. Fewer than
    three different titles give -1 throughout. Raises FrameError.
    """
    model = model or load_pair_model()
    return cut_clusters(join_articles(articles, seeds=seeds, seed=seed, model=model), model.cut, index=articles.index)


def join_articles(articles: pd.DataFrame, *, seeds: pd.Series | None = None, seed: int = 0, model: PairModel | None = None) -> Dendrogram:
    """The whole tree of one account's articles, to be cut where one likes. See cluster_unmarked."""
    check_frame(articles, NEEDED, name="articles")
    keys = [None if pd.isna(title) else fold_text(title) or None for title in articles["title"]]
    title_of, _ = pd.factorize(np.array(keys, dtype=object))
    first = np.unique(title_of[title_of >= 0], return_index=True)[1] if (title_of >= 0).any() else np.array([], dtype=np.intp)
    rows = np.flatnonzero(title_of >= 0)[first]
    sample = np.sort(np.random.default_rng(seed).permutation(len(rows))[:SAMPLE])
    if len(rows) < LEAST_ROWS:
        return Dendrogram(title_of, sample, np.empty((0, 4)), np.zeros((len(rows), len(sample)), dtype=np.float32))
    views = take_rows(view_rows(articles), rows)
    drawn = take_rows(views, sample)
    near = np.concatenate(list(_score_chunks(views, drawn, model)))
    if seeds is not None:
        near = _hold_seeds(near, seeds.reindex(articles.index).to_numpy(dtype=object, na_value=None)[rows], sample)
    apart = 1 - near[sample].astype(np.float64)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0)
    return Dendrogram(title_of, sample, linkage(squareform(apart, checks=False), "average"), near)


def cut_clusters(joined: Dendrogram, cut: float, *, index: pd.Index) -> pd.Series:
    """The labels of a tree cut at mean probability `cut`: see cluster_unmarked for what is returned."""
    if not len(joined.tree):
        return pd.Series(-1, index=index, dtype="int64")
    of_sample = fcluster(joined.tree, 1 - cut, "distance") - 1
    members = np.eye(of_sample.max() + 1, dtype=np.float32)[of_sample]
    of_title = np.asarray((joined.near @ members) / members.sum(axis=0)).argmax(axis=1)
    of_title[joined.sample] = of_sample
    labels = np.where(joined.title_of >= 0, of_title[joined.title_of], -1)
    sizes = pd.Series(of_title).value_counts(sort=False)
    ranked = sizes[sizes > 1].sort_index().sort_values(ascending=False, kind="stable").index
    return pd.Series(labels, index=index).map({label: rank for rank, label in enumerate(ranked)}).fillna(-1).astype("int64")


def _score_chunks(views: Views, drawn: Views, model: PairModel | None) -> Iterator[Floats]:
    habits = measure_habits(drawn)
    for start in range(0, len(views), _CHUNK):
        yield score_pairs(take_rows(views, np.arange(start, min(start + _CHUNK, len(views)))), drawn, habits, model=model)


def _hold_seeds(near: Floats, names: npt.NDArray[np.object_], sample: Ints) -> Floats:
    """Rows of one seed as near as can be, of two as far."""
    codes = pd.factorize(names)[0]
    left, right = codes[:, None], codes[sample][None, :]
    both = (left >= 0) & (right >= 0)
    return np.where(both, (left == right).astype(np.float32), near)
