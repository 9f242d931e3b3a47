"""Titles as weighted pairs of characters, for comparing articles and groups of articles of several
accounts. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.text.ngrams import fit_grams

__all__ = ["TitleVectors", "group_alike", "sum_groups", "weigh_titles"]

_PAIR = 1 << 21  # codes of single characters are smaller: fit_grams


@dataclass(frozen=True, slots=True, eq=False)
class TitleVectors:
    """`weights`: a row per title, TF-IDF of its pairs of characters, of length 1 (0 for a title
    without any); columns rarest pair first.

    `df` is in how many titles each pair is.
    """

    weights: sparse.csr_matrix
    df: npt.NDArray[np.int64]


def weigh_titles(titles: Sequence[str]) -> TitleVectors:
    """TF-IDF, ln(N ÷ df), of every pair of neighbouring characters of titles folded by
    normalize.normalize_words; what all titles have weighs nothing.
    """
    grams = fit_grams(titles)
    counts = grams.counts[:, grams.codes >= _PAIR].tocsr()
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    order = np.argsort(df, kind="stable")
    counts = counts[:, order].tocsr()
    counts.sort_indices()
    df = df[order]
    counts.data = (
        np.minimum(counts.data, 1.0)
        * np.log(max(len(titles), 1) / np.maximum(df, 1))[counts.indices]
    )
    return TitleVectors(_unit_rows(counts), df)


def _unit_rows(matrix: Any) -> sparse.csr_matrix:
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.csr_matrix(
        sparse.diags(np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)) @ matrix
    )


def sum_groups(
    weights: sparse.csr_matrix, groups: npt.NDArray[np.int64], *, n: int
) -> sparse.csr_matrix:
    """The direction of each of `n` groups: the sum of its titles' rows, of length 1; group −1 is
    none.
    """
    rows = np.flatnonzero(groups >= 0)
    gather = sparse.csr_matrix((np.ones(len(rows)), (groups[rows], rows)), shape=(n, len(groups)))
    return _unit_rows(sparse.csr_matrix(gather @ weights))


def group_alike(alike: Any, *, least: float) -> npt.NDArray[np.int64]:
    """Average-linkage groups of a symmetric matrix of similarities (0 to 1): groups whose mean
    similarity is at least `least`; numbered from 0.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    n = len(alike)
    if n < 2:
        return np.zeros(n, dtype=np.int64)
    gaps = np.clip(1 - np.asarray(alike, dtype=np.float64), 0, 1)
    np.fill_diagonal(gaps, 0)
    labels = fcluster(
        linkage(squareform((gaps + gaps.T) / 2, checks=False), method="average"),
        1 - least,
        criterion="distance",
    )
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
