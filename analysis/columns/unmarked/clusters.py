"""Articles of one account without a visible mark -> clusters that may be its content columns or
themes.

Every two articles get the learned probability of being of one column (pair_model.py); average link
joins them up to one learned cut. The number of clusters is not given. What a cluster is held
together by, and what to call it, is cluster_labels.py's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from analysis.columns.unmarked.pair_features import ArticleFeatures, take_rows, view_rows
from analysis.columns.unmarked.pair_model import (
    PairModel,
    load_pair_model,
    measure_habits,
    score_pairs,
)
from analysis.frames import check_frame
from analysis.text.normalize import normalize_key

__all__ = ["Dendrogram", "cluster_unmarked", "cut_clusters", "find_clusters", "join_articles"]

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]

NEEDED = {
    "title": "str",
    "published_at": "datetime64[us, Asia/Shanghai]",
    "time_precision": "category",
    "position": "Int64",
    "push_id": "str",
}
LEAST_TITLES = 3  # different ones: below it nothing can recur
SAMPLE = 600  # rows that find an account's clusters; the rest are assigned
_SETTLING = 5
_CHUNK = 2000  # rows assigned at once, so that a large account stays small in memory


@dataclass(frozen=True, slots=True, eq=False)
class Dendrogram:
    """`title_of[row]` numbers the distinct titles, -1 where a row has none; `rows` are those with
    one, `sample` the places among them that were joined, in `tree` (SciPy's linkage of 1 -
    probability); `near` holds the probabilities of all `rows` against the sample. `subject` is what
    the rows are about, for a large account of which nothing but titles is known, else None.
    """

    title_of: Ints
    rows: Ints
    sample: Ints
    tree: npt.NDArray[np.float64]
    near: Floats
    subject: Floats | None = None


def cluster_unmarked(
    articles: pd.DataFrame,
    *,
    seeds: pd.Series | None = None,
    seed: int = 0,
    model: PairModel | None = None,
) -> pd.Series:
    """Which of one account's articles belong together, by text, form and place: the labels of
    find_clusters.
    """
    return find_clusters(articles, seeds=seeds, seed=seed, model=model)["label"]


def find_clusters(
    articles: pd.DataFrame,
    *,
    seeds: pd.Series | None = None,
    seed: int = 0,
    model: PairModel | None = None,
) -> pd.DataFrame:
    """Which of one account's articles belong together, by text, form and place, and how surely.

    `articles` has the columns of the articles frame; time, precision, slot and push may be missing.
    `seeds` names the content column already found for a row (missing = none): rows of one seed are
    joined from the start and rows of two are kept apart, so that unmarked rows gather around the
    columns they belong to. Seeded rows get a label too; it is for the caller to decide what they
    are in. `seed` draws the sample of an account of more than 600 rows; the rest go to the cluster
    that is nearest on average.

    Returns one row per article on the index given: label int64, 0 for the largest cluster (of equal
    ones the one that comes first), then on, -1 for a row alone; strength float64, the mean
    probability (0-1) of being of one column with the other sampled rows of its cluster, NaN where
    it is alone. Rows of one title are together. Fewer than three different titles give -1
    throughout. Raises FrameError.
    """
    model = model or load_pair_model()
    return cut_clusters(
        join_articles(articles, seeds=seeds, seed=seed, model=model),
        model.cut,
        index=articles.index,
    )


def join_articles(
    articles: pd.DataFrame,
    *,
    seeds: pd.Series | None = None,
    seed: int = 0,
    model: PairModel | None = None,
) -> Dendrogram:
    """The whole tree of one account's articles, to be cut where one likes. See find_clusters.

    Raises FrameError.
    """
    check_frame(articles, NEEDED, name="articles")
    titles = np.array(
        [
            None if pd.isna(title) or not normalize_key(title) else title.strip()
            for title in articles["title"]
        ],
        dtype=object,
    )
    title_of = pd.factorize(titles)[0]
    rows = np.flatnonzero(title_of >= 0)
    sample = np.sort(np.random.default_rng(seed).permutation(len(rows))[:SAMPLE])
    if title_of.max(initial=-1) + 1 < LEAST_TITLES:
        return Dendrogram(
            title_of, rows, sample, np.empty((0, 4)), np.empty((len(rows), 0), dtype=np.float32)
        )
    views = view_rows(articles.iloc[rows])
    near = np.concatenate(list(_score_chunks(views, take_rows(views, sample), model)))
    if seeds is not None:
        near = _hold_seeds(near, seeds.reindex(articles.index).to_numpy(dtype=object)[rows], sample)
    apart = 1 - near[sample].astype(np.float64)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0)
    titles_only = len(rows) > SAMPLE and not _tells(views.slot) and not _tells(views.day)
    return Dendrogram(
        title_of,
        rows,
        sample,
        linkage(squareform(apart, checks=False), "average"),
        near,
        views.local_subject if titles_only else None,
    )


def cut_clusters(joined: Dendrogram, cut: float, *, index: pd.Index) -> pd.DataFrame:
    """The clusters of a tree cut at mean probability `cut`: see find_clusters for
    what is returned.
    """
    clusters = pd.DataFrame({"label": -1, "strength": np.nan}, index=range(len(joined.title_of)))
    if len(joined.tree):
        of_sample = fcluster(joined.tree, 1 - cut, "distance") - 1
        members = np.eye(of_sample.max() + 1, dtype=np.float32)[of_sample]
        best = _mean_to_clusters(joined, members).argmax(axis=1)
        best[joined.sample] = of_sample
        if joined.subject is not None:
            best = _settle(best, joined.subject)
        best = _keep_titles_together(best, joined.title_of[joined.rows])
        clusters.loc[joined.rows, "label"] = _rank_by_size(best)
        members = np.eye(best.max() + 1, dtype=np.float32)[best[joined.sample]]
        clusters.loc[joined.rows, "strength"] = _mean_to_clusters(joined, members)[
            np.arange(len(best)), best
        ]
    return clusters.assign(strength=clusters["strength"].where(clusters["label"] >= 0)).set_index(
        index
    )


def _score_chunks(
    views: ArticleFeatures, drawn: ArticleFeatures, model: PairModel | None
) -> Iterator[Floats]:
    habits = measure_habits(drawn)
    for start in range(0, len(views), _CHUNK):
        yield score_pairs(
            take_rows(views, np.arange(start, min(start + _CHUNK, len(views)))),
            drawn,
            habits,
            model=model,
        )


def _hold_seeds(near: Floats, names: npt.NDArray[np.object_], sample: Ints) -> Floats:
    """Rows of one seed as near as can be, of two as far."""
    codes = pd.factorize(names)[0]
    left, right = codes[:, None], codes[sample][None, :]
    return np.where((left >= 0) & (right >= 0), (left == right).astype(np.float32), near)


def _tells(values: Floats) -> bool:
    """Whether a place is known and not the same for all."""
    return len(np.unique(values[~np.isnan(values)])) > 1


def _settle(labels: Ints, subject: Floats) -> Ints:
    """Move every row to the cluster whose mean subject is nearest, a few times over (spherical
    k-means from where the tree left them).

    With neither slot nor time, hundreds of sampled titles place thousands of others badly: on
    10,000 news titles of ten subjects NMI went from .34 to .45.
    """
    for _ in range(_SETTLING):
        labels = np.unique(labels, return_inverse=True)[1]
        centres = np.zeros((labels.max() + 1, subject.shape[1]), dtype=np.float32)
        np.add.at(centres, labels, subject)
        labels = (
            subject @ (centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)).T
        ).argmax(axis=1)
    return labels


def _mean_to_clusters(joined: Dendrogram, members: Floats) -> Floats:
    """Each row's mean probability with the sampled rows of each cluster, itself left out."""
    total, size = joined.near @ members, np.tile(members.sum(axis=0), (len(joined.rows), 1))
    own = joined.near[joined.sample, np.arange(len(joined.sample))]
    total[joined.sample] -= members * own[:, None]
    size[joined.sample] -= members
    return np.asarray(
        np.divide(total, size, out=np.zeros_like(total), where=size > 0), dtype=np.float32
    )


def _keep_titles_together(labels: Ints, title_of: Ints) -> Ints:
    """The label most rows of a title have, the smallest of several, for all of them."""
    counts = (
        pd.DataFrame({"title": title_of, "label": labels})
        .value_counts(sort=False)
        .rename("n")
        .reset_index()
    )
    best = (
        counts.sort_values(["title", "n", "label"], ascending=[True, False, True])
        .drop_duplicates("title")
        .set_index("title")["label"]
    )
    return best.reindex(title_of).to_numpy(dtype=np.intp)


def _rank_by_size(labels: Ints) -> npt.NDArray[np.int64]:
    """Labels from 0 for the largest cluster, the one with the earlier row first of two equal ones;
    -1 for a row alone.
    """
    distinct, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    ranks = {
        distinct[i]: rank
        for rank, i in enumerate(i for i in np.lexsort((first, -sizes)) if sizes[i] > 1)
    }
    return np.array([ranks.get(label, -1) for label in labels], dtype=np.int64)
