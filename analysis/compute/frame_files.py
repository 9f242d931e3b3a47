"""Bytes of a cached frame's file: a digest of itself, and lists as Python has them."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.parquet

__all__ = []

_SEAL = 16  # bytes


def read_lists(column: pa.ChunkedArray) -> list[list[Any] | None]:
    """Lists as Python has them; Arrow's own way makes an array of each first."""
    array = column.combine_chunks()
    values, offsets = array.values.to_pylist(), array.offsets.to_pylist()
    return [
        values[begin:end] if there else None
        for there, (begin, end) in zip(array.is_valid().to_pylist(), pairwise(offsets), strict=True)
    ]


def seal(raw: bytes) -> bytes:
    """A Parquet file with a digest of itself between its pages and its footer, where readers of
    Parquet don't look.
    """
    at = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    return raw[:at] + hashlib.blake2b(raw, digest_size=_SEAL).digest() + raw[at:]


def unseal(sealed: bytes) -> bytes:
    """The file as it was written. Raises pa.ArrowInvalid where a byte differs: Parquet itself reads
    many a damaged file, and wrongly.
    """
    at = len(sealed) - 8 - int.from_bytes(sealed[-8:-4], "little") - _SEAL
    raw = sealed[: max(at, 0)] + sealed[max(at, 0) + _SEAL :]
    if at < 4 or hashlib.blake2b(raw, digest_size=_SEAL).digest() != sealed[at : at + _SEAL]:
        raise pa.ArrowInvalid("the file is not as it was written")
    return raw
