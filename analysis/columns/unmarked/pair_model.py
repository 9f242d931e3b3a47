"""How likely two articles of an account belong to one content column: a logistic regression learned
on other accounts.

`tests/eval/train_pairs.py` learns the weights from accounts whose titles name their columns. Only
one number per likeness ships.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from analysis.columns.unmarked.pair_features import ArticleFeatures, compare_places, compare_text

__all__ = ["Habits", "PairModel", "load_pair_model", "measure_habits", "score_pairs"]

Floats = npt.NDArray[np.float32]
Habits = Mapping[str, tuple[float, float]]

_LEAST_RANGE = 0.02  # of a likeness within an account; below it the account tells nothing by it


@dataclass(frozen=True, slots=True)
class PairModel:
    """Log odds = intercept + Σ weight × (likeness - mean) + Σ own_weight × likeness standardised
    within the account. `cut` is where to stop joining clusters: the mean probability below which
    two of them stay apart.
    """

    intercept: float
    means: Mapping[str, float]
    weights: Mapping[str, float]
    own_weights: Mapping[str, float]
    cut: float


@cache
def load_pair_model() -> PairModel:
    """The model that ships with the package."""
    return PairModel(
        **json.loads(
            (resources.files("analysis") / "lexicons" / "pair_model.json").read_text(
                encoding="utf-8"
            )
        )
    )


def measure_habits(views: ArticleFeatures) -> Habits:
    """Mean and spread of each text likeness over all pairs of different rows: what is usual in this
    account.
    """
    apart = ~np.eye(len(views), dtype=bool)
    habits = {name: values[apart] for name, values in compare_text(views, views)}
    return {
        name: (float(values.mean()), float(values.std()) + _LEAST_RANGE)
        if values.size
        else (0.0, 1.0)
        for name, values in habits.items()
    }


def score_pairs(
    left: ArticleFeatures, right: ArticleFeatures, habits: Habits, *, model: PairModel | None = None
) -> Floats:
    """The probability (0–1) of each left row and right row being of one column: left rows × right
    rows.

    A likeness that is not known counts as the average one.
    """
    model = model or load_pair_model()
    odds = np.full((len(left), len(right)), model.intercept, dtype=np.float32)
    for name, values in compare_text(left, right):
        usual, spread = habits[name]
        slope = model.weights[name] + model.own_weights[name] / spread
        odds += np.float32(slope) * values - np.float32(
            model.weights[name] * model.means[name] + model.own_weights[name] / spread * usual
        )
    for name, values in compare_places(left, right):
        odds += np.nan_to_num(
            (values - np.float32(model.means[name])) * np.float32(model.weights[name]), copy=False
        )
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)
