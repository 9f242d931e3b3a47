"""What a title is about, as numbers: vectors of words learned from which accounts use them, kept by
hashed word so that no text ships.

Two words are near when the same accounts use them (positive pointwise mutual information of word
and account, then a singular value decomposition). `tests/eval/train_pairs.py vectors` makes the
file.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

__all__ = ["WordVectors", "embed_titles", "hash_word", "load_word_vectors", "unit_rows"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """`rows[hash]` is the word's row of `vectors` (unit length times its rarity over accounts)."""

    rows: dict[int, int]
    vectors: Floats


def hash_word(word: str) -> int:
    """CRC-32 of the word: enough to look it up, not to read it."""
    return zlib.crc32(word.encode())


@cache
def load_word_vectors() -> WordVectors:
    """The vectors that ship with the package."""
    data = json.loads(
        (resources.files("analysis") / "lexicons" / "word_vectors.json").read_text(encoding="utf-8")
    )
    hashes = np.frombuffer(base64.b64decode(data["hashes"]), dtype="<u4")
    steps = np.frombuffer(base64.b64decode(data["vectors"]), dtype="i1").reshape(
        len(hashes), data["dimensions"]
    )
    rarity = np.frombuffer(base64.b64decode(data["rarity"]), dtype="u1").astype(
        np.float32
    ) * np.float32(data["rarity_step"])
    vectors = unit_rows(steps.astype(np.float32)) * rarity[:, None]
    return WordVectors({int(h): i for i, h in enumerate(hashes)}, vectors)


def embed_titles(words: Sequence[Iterable[str]]) -> Floats:
    """One unit vector per title, the sum of its words'; all zero where no word is known."""
    vectors_of = load_word_vectors()
    embedded = np.zeros((len(words), vectors_of.vectors.shape[1]), dtype=np.float32)
    for i, title in enumerate(words):
        rows = sorted({vectors_of.rows[h] for h in map(hash_word, title) if h in vectors_of.rows})
        if rows:
            embedded[i] = vectors_of.vectors[rows].sum(axis=0)
    return unit_rows(embedded)


def unit_rows(values: Floats) -> Floats:
    """The rows at length 1; those that are all zero stay so."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    unit: Floats = np.divide(values, lengths, out=np.zeros_like(values), where=lengths > 0)
    return unit
