"""Keys of content: what was made from the same rows, values and code is known by the same key."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

__all__ = ["cut_rows", "key_frame", "key_of", "key_of_code", "reached_modules"]

_ROOT = Path(__file__).parents[2]
# what only a type checker imports does not run
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:(?:[ \t].*)?\n)+", re.MULTILINE)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+((?:analysis|crawler)[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ "
    r"\t]+((?:analysis|crawler)[^\n]*))",
    re.MULTILINE,
)
_LIBRARIES = (
    "jieba",
    "rjieba",
    "opencc",
    "numpy",
    "scipy",
    "scikit-learn",
    "ruptures",
    "selectolax",
    "chinesecalendar",
    "altair",
    "vl-convert-python",
)


def key_of(parts: Iterable[str | bytes]) -> str:
    """One hex key of many parts, in their order: the content a frame was made from and the code
    that made it.
    """
    encoded = [
        part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts
    ]
    return hashlib.blake2b(
        b"".join([*(len(part).to_bytes(8, "big") for part in encoded), *encoded]), digest_size=16
    ).hexdigest()


@functools.cache
def key_of_code(module: str) -> str:
    """One key of a module's code, of all modules of this project it imports, of the word lists and
    weights, and of the libraries' versions.
    """
    sources = {name: path.read_bytes() for name, path in sorted(reached_modules(module).items())}
    return key_of(
        [*(part for name, source in sources.items() for part in (name, source)), _key_of_lists()]
    )


def reached_modules(module: str) -> dict[str, Path]:
    """The module and every module of this project that it imports, directly or through others, by
    name; packages count with their `__init__`.

    Imports are read from the source by pattern, also those within functions: parsing takes ten
    times as long, and each command pays it.
    """
    reached: dict[str, Path] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        path = _path_of(name, _ROOT)
        if path is None or name in reached:
            continue
        reached[name] = path
        pending += _imported_names(path.read_text(encoding="utf-8"))
        if "." in name:
            pending.append(name.rpartition(".")[0])  # importing a module runs its packages first
    return reached


def _path_of(module: str, root: Path) -> Path | None:
    path = root.joinpath(*module.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((candidate for candidate in candidates if candidate.exists()), None)


def _imported_names(source: str) -> Iterator[str]:
    """What a source may import of this project; of `from a import b`, both a and a.b, as b may be a
    module.
    """
    for package, names, modules in _IMPORT.findall(_FOR_TYPES.sub("", source)):
        if package:
            yield package
            words = re.sub(r"#[^\n]*| as \w+", "", names)
            yield from (f"{package}.{word}" for word in re.findall(r"\w+", words))
        else:
            yield from re.findall(r"(?:analysis|crawler)[\w.]*", modules)


@functools.cache
def _key_of_lists() -> str:
    """One key of the word lists, the weights and the libraries' versions."""
    lists = [
        part
        for path in sorted((_ROOT / "analysis" / "lexicons").iterdir())
        if path.is_file()
        for part in (path.name, path.read_bytes())
    ]
    return key_of([*lists, *map(_version, _LIBRARIES)])


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return library


def key_frame(frame: pd.DataFrame) -> str:
    """One key of all that a frame holds, in its order."""
    (rows,) = cut_rows(frame, pd.Series("", index=frame.index)).values() if len(frame) else [[]]
    return key_of([*map(str, frame.columns), *rows])


def cut_rows(frame: pd.DataFrame, owners: pd.Series) -> dict[str, list[bytes]]:
    """What a frame says of each owner: the content of the owner's rows, in their order, as bytes;
    rows without an owner are left out.

    `owners` is by row. Equal rows give equal bytes; what else the frame holds plays no part, but in
    columns of other objects than lists.
    """
    codes, names = pd.factorize(owners)
    order = np.argsort(codes, kind="stable")[int((codes < 0).sum()) :]
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    sorted_already = len(order) == len(frame) and bool((np.diff(order) > 0).all())
    pieces_of: dict[str, list[bytes]] = {str(name): [] for name in names}
    for _, column in frame.items():
        array = _as_arrow(column)
        for pieces in _cut(array if sorted_already else array.take(pa.array(order)), bounds):
            for rows, piece in zip(pieces_of.values(), pieces, strict=True):
                rows.append(piece)
    return pieces_of


def _as_arrow(column: pd.Series) -> pa.Array:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array(column.array, from_pandas=True).dictionary_decode()
    if column.dtype == object:
        lists = _lists_as_arrow(column)
        return pa.array([repr(value) for value in column]) if lists is None else lists
    array = pa.array(column.array, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _lists_as_arrow(column: pd.Series) -> pa.Array | None:
    """Lists of texts or of numbers as Arrow has them; None for anything else."""
    if not all(value is None or isinstance(value, list | tuple | np.ndarray) for value in column):
        return None
    try:
        array = pa.array(column.tolist(), from_pandas=True)
    except (TypeError, ValueError):  # of several kinds, or no text that can be written
        return None
    kind = array.type.value_type if pa.types.is_list(array.type) else array.type
    if pa.types.is_null(kind):
        return array.cast(pa.list_(pa.string()))  # nothing in any of them
    return array if pa.types.is_string(kind) or pa.types.is_primitive(kind) else None


def _cut(array: pa.Array, bounds: npt.NDArray[np.int64]) -> Iterator[list[bytes]]:
    """The stretches of an array between `bounds` as bytes: which values are there, how long each
    is, and what they hold.
    """
    yield _slices(array.is_valid().to_numpy(zero_copy_only=False), bounds)
    if pa.types.is_list(array.type):
        offsets = array.offsets.to_numpy().astype(np.int64)
        yield _slices(np.diff(offsets), bounds)
        yield from _cut(array.values, offsets[bounds])
    elif pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = array.cast(pa.large_string())
        _, starts, letters = array.buffers()
        offsets = (
            np.frombuffer(starts, dtype=np.int64)[array.offset :][: len(array) + 1]
            if len(array)
            else np.zeros(1, dtype=np.int64)
        )
        yield _slices(np.diff(offsets), bounds)
        yield _slices(np.frombuffer(letters or b"", dtype=np.uint8), offsets[bounds])
    else:
        yield [b""] * (
            len(bounds) - 1
        )  # as many pieces as texts have: lists without a value are either
        plain = array.cast(pa.int64()) if pa.types.is_temporal(array.type) else array
        yield _slices(
            plain.fill_null(False if pa.types.is_boolean(plain.type) else 0).to_numpy(
                zero_copy_only=False
            ),
            bounds,
        )


def _slices(values: npt.NDArray[Any], bounds: npt.NDArray[np.int64]) -> list[bytes]:
    return [values[begin:end].tobytes() for begin, end in pairwise(bounds.tolist())]
