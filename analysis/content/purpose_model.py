"""Titles -> how much each purpose is spoken for: a linear model over hashed character n-grams, the
form of the title and the word lists.

The weights are made by tests/eval/train_purpose.py. Hashes of up to three characters can't be read
back into anybody's titles.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.text.lexicon import Reading

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["BUCKETS", "Model", "count_grams", "describe_forms", "load_model", "pack_model"]

Floats = NDArray[np.float32]
BUCKETS = 1 << 16
_LESS_HABITUAL = {
    "推广营销": 0.5
}  # its precision over accounts left out goes from .46 to .49, macro-F1 stays
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"\s+")
_FORMS = tuple(re.compile(sign) for sign in (",", ";", r"\?", "!", r"\d", "《", '[“"]', ":", r"\|"))


@dataclass(frozen=True)
class Model:
    """What the weights file holds: labels in order, weights of grams and of forms, each gram's
    rarity, and how account habits weigh in.
    """

    labels: tuple[str, ...]
    grams: Floats  # BUCKETS × labels
    forms: Floats  # forms × labels
    intercept: Floats
    rarity: Floats  # idf by bucket
    usual: (
        Floats  # the share of each label where nothing is known, to hold an account's habit against
    )
    # 2 × points: a share, and how often the best label was right at that share on accounts left out
    # of training
    certainty: Floats
    sharpness: float  # a decision value as a log-odds
    habit: float  # how much the account's other titles count

    @property
    def habits(self) -> NDArray[np.float64]:
        """How much the account's other titles count for each label: half as much for advertising,
        which shares its words with whatever a shop writes.
        """
        return np.array([self.habit * _LESS_HABITUAL.get(label, 1.0) for label in self.labels])

    def score(self, readings: Sequence[Reading]) -> NDArray[np.float64]:
        """The decision value of every label (columns) for every title (rows); the higher the
        likelier, 0 undecided.
        """
        grams = weigh_grams(count_grams([reading.title for reading in readings]), self.rarity)
        # not @: a BLAS product of a row differs in its last bits with how many rows stand beside it
        forms = np.einsum("rf,fl->rl", describe_forms(readings, self.labels), self.forms)
        return np.asarray(grams @ self.grams + forms + self.intercept, dtype=np.float64)

    def strength(self, share: float) -> float:
        """How often a label with this share was right in cross-validation, 0–1."""
        return float(np.interp(share, self.certainty[0], self.certainty[1]))


def count_grams(titles: Sequence[str]) -> csr_matrix:
    """How often each bucket of 1–3-grams occurs; digits are all one digit, white
    space is nothing.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        analyzer="char",
        ngram_range=(1, 3),
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        dtype=np.float32,
    )
    return vectorizer.transform([_SPACES.sub("", _DIGITS.sub("#", title)) for title in titles])


def weigh_grams(counts: csr_matrix, rarity: Floats) -> csr_matrix:
    """Counts -> rows of length 1: (1 + ln count) × idf."""
    from sklearn.preprocessing import normalize

    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    return normalize(weighed, copy=False)


def describe_forms(readings: Sequence[Reading], labels: Sequence[str]) -> Floats:
    """Length, signs, and how many words of each label's lists are in the title (at most two each),
    anywhere and in its names.
    """
    place = {label: number for number, label in enumerate(labels, 1 + len(_FORMS))}
    forms = np.zeros((len(readings), 1 + len(_FORMS) + 2 * len(labels)), dtype=np.float32)
    for row, reading in enumerate(readings):
        forms[row, 0] = np.log1p(len(reading.title)) / 4
        forms[row, 1 : 1 + len(_FORMS)] = [
            min(len(sign.findall(reading.title)), 3) / 3 for sign in _FORMS
        ]
        for hits, offset in ((reading.worded, 0), (reading.named, len(labels))):
            for hit in hits:
                if hit.purpose in place:
                    at = place[hit.purpose] + offset
                    forms[row, at] = min(forms[row, at] + 0.5, 1.0)
    return forms


def pack_model(model: Model) -> bytes:
    """The weights file: gram weights as signed bytes with one scale a label, rarities as bytes;
    about 1 % of a decision value is lost.
    """
    scale = np.abs(model.grams).max(axis=0) / 127
    rarest = float(model.rarity.max())
    sink = io.BytesIO()
    np.savez_compressed(
        sink,
        labels=np.array(model.labels),
        grams=np.round(model.grams / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        forms=model.forms,
        intercept=model.intercept,
        usual=model.usual,
        certainty=model.certainty,
        rarity=np.round(model.rarity / rarest * 255).astype(np.uint8),
        settings=np.array([rarest, model.sharpness, model.habit], dtype=np.float32),
    )
    return sink.getvalue()


@cache
def load_model() -> Model:
    """The shipped weights."""
    with np.load(
        io.BytesIO((resources.files("analysis") / "lexicons" / "purpose.npz").read_bytes()),
        allow_pickle=False,
    ) as arrays:
        rarest, sharpness, habit = map(float, arrays["settings"])
        return Model(
            labels=tuple(map(str, arrays["labels"])),
            grams=arrays["grams"].astype(np.float32) * arrays["scale"],
            forms=arrays["forms"],
            intercept=arrays["intercept"],
            usual=arrays["usual"],
            certainty=arrays["certainty"],
            rarity=arrays["rarity"].astype(np.float32) / 255 * rarest,
            sharpness=sharpness,
            habit=habit,
        )
