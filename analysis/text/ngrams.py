"""Characters and pairs of neighbouring characters of texts, counted; and how much each tells in an
account's introduction.

Chinese needs no word list this way, and a name shortened by half (优设 for 优秀网页设计) still
shares something. `tests/eval/similar.py weights` makes the file of weights; it holds hashes and
numbers, no text.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = [
    "Grams",
    "count_grams",
    "fit_grams",
    "hash_gram",
    "intro_weights",
    "load_intro_weights",
    "spell_gram",
]

_BITS = 21  # a code point fits, two of them with the number of a text fit into 63
_MASK = (1 << _BITS) - 1
_BLOCK = 2000  # texts counted at a time: what is held at once stays small however many there are


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """Counts of grams in texts: `counts` has a row per text and a column per gram of `codes`, which
    are sorted.
    """

    codes: npt.NDArray[np.int64]
    counts: sparse.csr_matrix


def fit_grams(texts: Sequence[str]) -> Grams:
    """Count every gram of the folded `texts`; no gram goes across a space."""
    rows, codes, counts = _count_all(texts)
    vocabulary, columns = np.unique(codes, return_inverse=True)
    return Grams(
        vocabulary,
        sparse.csr_matrix((counts, (rows, columns)), shape=(len(texts), len(vocabulary))),
    )


def count_grams(texts: Sequence[str], vocabulary: npt.NDArray[np.int64]) -> sparse.csr_matrix:
    """Count those grams of the folded `texts` that are among `known` codes, which are sorted."""
    rows, codes, counts = _count_all(texts)
    columns = np.searchsorted(vocabulary, codes)
    member = np.zeros(len(codes), dtype=bool)
    inside = columns < len(vocabulary)
    member[inside] = vocabulary[columns[inside]] == codes[inside]
    return sparse.csr_matrix(
        (counts[member], (rows[member], columns[member])), shape=(len(texts), len(vocabulary))
    )


def _count_all(
    texts: Sequence[str],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    parts = list(_count_blocks(texts))
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    rows, codes, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows, codes, counts.astype(np.float64)


def _count_blocks(
    texts: Sequence[str],
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    for start in range(0, len(texts), _BLOCK):
        block = [f"{text} " for text in texts[start : start + _BLOCK]]
        points = np.frombuffer("".join(block).encode("utf-32-le", "replace"), dtype="<u4").astype(
            np.int64
        )
        owner = np.repeat(np.arange(len(block)), [len(text) for text in block])
        letter = points != ord(" ")
        both = letter[:-1] & letter[1:]
        codes = np.concatenate([points[letter], (points[:-1] << _BITS | points[1:])[both]])
        owners = np.concatenate([owner[letter], owner[:-1][both]])
        pairs, counts = np.unique(owners << (2 * _BITS) | codes, return_counts=True)
        yield (pairs >> (2 * _BITS)) + start, pairs & ((1 << (2 * _BITS)) - 1), counts


def spell_gram(code: int) -> str:
    """The characters of a gram's code."""
    return (chr(code >> _BITS) if code >> _BITS else "") + chr(code & _MASK)


def hash_gram(text: str) -> int:
    """CRC-32 of a gram or word: enough to look it up, not to read it."""
    return zlib.crc32(text.encode())


@cache
def load_intro_weights() -> dict[int, float]:
    """The weight, 0 to 1, of each hashed gram that introductions use often: 1 − ln(n + 1) / ln(N +
    1) for n of N introductions.
    """
    data = json.loads(
        (resources.files("analysis") / "lexicons" / "intro_grams.json").read_text(encoding="utf-8")
    )
    hashes = np.frombuffer(base64.b64decode(data["hashes"]), dtype="<u4")
    steps = np.frombuffer(base64.b64decode(data["weights"]), dtype="u1")
    return {int(h): float(step) / data["steps"] for h, step in zip(hashes, steps, strict=True)}


def intro_weights(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How much each gram tells in an introduction: little where all introductions have it
    (欢迎关注, 平台), 1 where hardly any does.
    """
    weights = load_intro_weights()
    return np.array(
        [weights.get(hash_gram(spell_gram(int(code))), 1.0) for code in codes], dtype=np.float64
    )
