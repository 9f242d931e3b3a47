"""What is computed once and kept: derived frames as Parquet beside the store, taken again while
what they were made from and the code are the same.

A kept frame is a copy of what the code would compute again, never a source: losing the folder costs
time only. Functions say with `@kept_by_article`, `@kept_by_account` or `@kept_whole` that what they
give may be kept; it is, wherever they are called within `keeping(...)`.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ParamSpec

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from analysis.compute.keys import cut_rows, key_frame, key_of, key_of_code
from analysis.compute.parallel import balance, current_executor, parallel_map, worth_parallel
from analysis.files import write_atomically
from analysis.frames import fill_column
from crawler.store import Store

__all__ = [
    "FrameCache",
    "using_cache",
    "cache_for",
    "cached_by_account",
    "cached_by_article",
    "cached",
    "call_uncached",
]

P = ParamSpec("P")
Made = Callable[P, pd.DataFrame]
_SEAL = 16  # bytes
_VARIANTS = 4  # of an account or of a whole: windows and options that are asked for in turn
_PART = 5000  # articles read at a time where all cores work on them
# articles whose keys are made at a time: what a million say, cut into pieces, is half a gigabyte
_BLOCK = 50_000


def cache_for(store: Store) -> FrameCache:
    """The kept frames of a store: a folder beside its SQLite file, or in the user's cache folder
    where the store is a server.
    """
    url = store.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        return FrameCache(Path(f"{url.database}.kept"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return FrameCache(cache / "duibiao" / key_of([store.name])[:16])


class FrameCache:
    """Frames by name, each with the key it was made under; one file a name, so nothing piles up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str, key: str) -> pd.DataFrame | None:
        """The frame kept under this name and key; None where there is none, it was made under
        another key, or its file is damaged.
        """
        return self._load(name, key)[0]

    def save(
        self,
        name: str,
        key: str,
        frame: pd.DataFrame,
        *,
        owners: Mapping[str, Sequence[str]] | None = None,
    ) -> bool:
        """Keep a frame, written aside and moved into place; False where the folder can't be
        written, which costs only time later.
        """
        table = pa.Table.from_pandas(frame, preserve_index=False)
        said = {b"duibiao_key": key.encode(), b"duibiao_owners": json.dumps(owners or {}).encode()}
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **said})
        pa.parquet.write_table(table, sink := io.BytesIO(), compression="zstd")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / f"{name}.parquet", _seal(sink.getvalue()))
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Take away all that is kept: what a store forgets must not live on in what was
        made of it.
        """
        for path in self.folder.glob("*.parquet"):
            path.unlink(missing_ok=True)

    def parts(
        self,
        name: str,
        code: str,
        keys: Mapping[str, str],
        make: Callable[[set[str]], pd.DataFrame],
    ) -> pd.DataFrame:
        """Rows of each owner in `keys` (owner -> key of what its rows are made from), made only for
        owners whose key is new.

        `make` gives the rows of some owners, with `owner` among the columns. What was kept of
        others stays, and the last few variants of each: other windows, other options. Rows come by
        owner, in the order of `keys`.
        """
        old, owners = self._load(name, code)
        fresh = {owner for owner, key in keys.items() if key not in owners.get(owner, ())}
        parts = [] if old is None else [old]
        if fresh or old is None:
            made = make(fresh)
            parts.append(made.assign(key=made["owner"].map(keys).astype("str")))
        held = pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True)
        if fresh:
            owners = owners | {
                owner: [*owners.get(owner, ())[1 - _VARIANTS :], keys[owner]]
                for owner in keys
                if owner in fresh
            }
            held = held[held["key"].isin([key for some in owners.values() for key in some])]
            self.save(name, code, held, owners=owners)
        chosen = held[held["key"].isin(list(keys.values()))]
        return _in_order(chosen.drop(columns="key"), keys)

    def articles(
        self,
        name: str,
        code: str,
        keys: Mapping[str, str],
        make: Callable[[list[str]], pd.DataFrame],
    ) -> pd.DataFrame:
        """Rows of each article in `keys` (article_id -> key of what its rows are read from), sorted
        by it; made only for articles whose key is new.

        `make` gives the rows of some articles, with `article_id`. What was kept of others stays; of
        each article there is one variant.
        """
        held = self.load(name, code)
        known = (
            {}
            if held is None
            else dict(zip(held["article_id"].tolist(), held["key"].tolist(), strict=True))
        )
        fresh = [article_id for article_id, key in keys.items() if known.get(article_id) != key]
        if fresh or held is None:
            made = make(fresh)
            made = made.assign(key=made["article_id"].map(keys).astype("str"))
            parts = [made] if held is None else [held[~held["article_id"].isin(fresh)], made]
            held = pd.concat(
                [part for part in parts if len(part)] or parts[-1:], ignore_index=True
            ).sort_values("article_id", kind="stable", ignore_index=True)
            if fresh:
                self.save(name, code, held)
        shown = held if known.keys() <= keys.keys() else held[held["article_id"].isin(list(keys))]
        return shown.drop(columns="key").reset_index(drop=True)

    def _load(self, name: str, key: str) -> tuple[pd.DataFrame | None, dict[str, list[str]]]:
        """A kept frame and which keys of which owners it holds."""
        try:
            table = pa.parquet.read_table(
                pa.BufferReader(_unseal((self.folder / f"{name}.parquet").read_bytes()))
            )
        except (OSError, pa.ArrowInvalid):
            return None, {}
        said = table.schema.metadata or {}
        if said.get(b"duibiao_key") != key.encode():
            return None, {}
        lists = [field.name for field in table.schema if pa.types.is_list(field.type)]
        plain: pd.DataFrame = table.drop_columns(lists).to_pandas()
        frame = plain.assign(
            **{name: fill_column(_lists(table[name]), "object") for name in lists}
        )[table.column_names]
        return frame, json.loads(said.get(b"duibiao_owners") or b"{}")


def _lists(column: pa.ChunkedArray) -> list[list[Any] | None]:
    """Lists as Python has them; Arrow's own way makes an array of each first."""
    array = column.combine_chunks()
    values, offsets = array.values.to_pylist(), array.offsets.to_pylist()
    return [
        values[begin:end] if there else None
        for there, (begin, end) in zip(array.is_valid().to_pylist(), pairwise(offsets), strict=True)
    ]


def _seal(raw: bytes) -> bytes:
    """A Parquet file with a digest of itself between its pages and its footer, where readers of
    Parquet don't look.
    """
    at = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    return raw[:at] + hashlib.blake2b(raw, digest_size=_SEAL).digest() + raw[at:]


def _unseal(held: bytes) -> bytes:
    """The file as it was written. Raises pa.ArrowInvalid where a byte differs: Parquet itself reads
    many a damaged file, and wrongly.
    """
    at = len(held) - 8 - int.from_bytes(held[-8:-4], "little") - _SEAL
    raw = held[: max(at, 0)] + held[max(at, 0) + _SEAL :]
    if at < 4 or hashlib.blake2b(raw, digest_size=_SEAL).digest() != held[at : at + _SEAL]:
        raise pa.ArrowInvalid("the file is not as it was written")
    return raw


def _in_order(rows: pd.DataFrame, owners: Iterable[str]) -> pd.DataFrame:
    order = rows["owner"].map({owner: at for at, owner in enumerate(owners)}).to_numpy()
    return rows.iloc[np.argsort(order, kind="stable")].drop(columns="owner").reset_index(drop=True)


def call_uncached(
    function: Callable[..., pd.DataFrame], arguments: Mapping[str, Any]
) -> pd.DataFrame:
    """What the function itself gives: sent by its name, which is that of the one that keeps."""
    made: pd.DataFrame = inspect.unwrap(function)(**arguments)
    return made


_CACHE: ContextVar[FrameCache | None] = ContextVar("shelf", default=None)


@contextmanager
def using_cache(kept: FrameCache) -> Iterator[None]:
    """Inside, functions that may be kept are looked up in `kept`, and what they had to compute is
    put there.
    """
    token = _CACHE.set(kept)
    try:
        yield
    finally:
        _CACHE.reset(token)


def cached_by_account(
    contract: Mapping[str, str],
    reads: Mapping[str, Iterable[str]],
    *,
    as_given: Iterable[str] = (),
    parallel_from: int | None = None,
) -> Callable[[Made[P]], Made[P]]:
    """For functions of frames whose rows about an account rest on that account's rows alone.

    `contract` is what they return, with account and account_id, sorted by these first. `reads`
    names each frame parameter and the columns that count; a frame without account_id belongs to
    accounts by article_id. With `as_given`, the columns that are the first frame's own and not
    kept, rows are articles in the order of that frame. From `spread_from` rows of the first frame
    on, all cores work on it.
    """
    said = ["article_id", "account_id", "account", *as_given] if as_given else []

    def wrap(function: Made[P]) -> Made[P]:
        name, signature = (
            f"{function.__module__.partition('.')[2]}.{function.__name__}",
            inspect.signature(function),
        )

        @functools.wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
            content = _CACHE.get()
            if content is None and not current_executor().far:
                return function(*args, **kwargs)
            call = _Call(signature.bind(*args, **kwargs), reads)

            def make(wanted: set[str]) -> pd.DataFrame:
                sizes = call.sizes(wanted)
                if wanted and (
                    current_executor().far
                    or (parallel_from is not None and sum(sizes.values()) >= parallel_from)
                ):
                    parts = parallel_map(
                        partial(call_uncached, inside),
                        (call.only(set(names)) for names in balance(sizes)),
                    )
                    made = pd.concat(
                        [part for part in parts if len(part)] or parts[:1], ignore_index=True
                    )
                else:
                    made = call_uncached(function, call.only(wanted))
                own = [
                    column for column in contract if column == "article_id" or column not in said
                ]
                return made[own].assign(owner=made["account_id"].astype("str"))

            keys = call.keys()
            rows = (
                content.parts(name, key_of_code(function.__module__), keys, make)
                if content
                else _in_order(make(set(keys)), keys)
            )
            if said:
                rows = call.first[said].merge(
                    rows, on="article_id"
                )  # what gave no row, as an untitled article, has none
            return rows[list(contract)].astype(dict(contract))

        return inside

    return wrap


def cached_by_article(
    contract: Mapping[str, str], reads: Sequence[str], *, parallel_from: int
) -> Callable[[Callable[..., pd.DataFrame]], Callable[..., pd.DataFrame]]:
    """For functions of a frame of articles, and of plain values by name, that give one row an
    article, which rests on that article's `reads` alone.

    `contract` is what they return, with article_id, in the order of the frame; they are given
    article_id and `reads`. From `spread_from` articles on that have to be read, all cores read.
    """

    def wrap(function: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
        name = f"{function.__module__.partition('.')[2]}.{function.__name__}"

        @functools.wraps(function)
        def inside(articles: pd.DataFrame, **plain: Any) -> pd.DataFrame:
            rows, content = articles[["article_id", *reads]].reset_index(drop=True), _CACHE.get()
            if content is None:
                return function(rows, **plain)

            def make(fresh: Sequence[str]) -> pd.DataFrame:
                some = rows[rows["article_id"].isin(fresh)]
                if some.empty or not worth_parallel(len(some), parallel_from):
                    return function(some.reset_index(drop=True), **plain)
                parts = (
                    some.iloc[begin : begin + _PART].reset_index(drop=True)
                    for begin in range(0, len(some), _PART)
                )
                return pd.concat(
                    parallel_map(
                        partial(call_uncached, inside),
                        ({"articles": part, **plain} for part in parts),
                    ),
                    ignore_index=True,
                )

            said = repr(sorted(plain.items()))
            blocks = (rows.iloc[begin : begin + _BLOCK] for begin in range(0, len(rows), _BLOCK))
            keys = {
                key: key_of([said, *held])
                for block in blocks
                for key, held in cut_rows(block[list(reads)], block["article_id"]).items()
            }
            made = content.articles(name, key_of_code(function.__module__), keys, make)
            order = pd.Index(made["article_id"]).get_indexer(rows["article_id"])
            if (order < 0).any():
                raise ValueError(
                    f"{name} gave no row for {int((order < 0).sum())} of {len(rows)} articles"
                )
            found: pd.DataFrame = (
                made.iloc[order].reset_index(drop=True)[list(contract)].astype(dict(contract))
            )
            return found

        return inside

    return wrap


def cached(
    contract: Mapping[str, str], reads: Mapping[str, Iterable[str]]
) -> Callable[[Made[P]], Made[P]]:
    """For functions of frames whose rows rest on all that is given; `contract` and `reads` as for
    kept_by_account.
    """

    def wrap(function: Made[P]) -> Made[P]:
        name, signature = (
            f"{function.__module__.partition('.')[2]}.{function.__name__}",
            inspect.signature(function),
        )

        @functools.wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
            content = _CACHE.get()
            if content is None:
                return function(*args, **kwargs)
            key = _Call(signature.bind(*args, **kwargs), reads).key()
            rows = content.parts(
                name,
                key_of_code(function.__module__),
                {"": key},
                lambda _: function(*args, **kwargs).assign(owner=""),
            )
            return rows[list(contract)].astype(dict(contract))

        return inside

    return wrap


class _Call:
    """What a function is called with: frames, of which some columns count, and plain values."""

    def __init__(self, bound: inspect.BoundArguments, reads: Mapping[str, Iterable[str]]) -> None:
        bound.apply_defaults()
        self._bound = bound
        self._frames: dict[str, pd.DataFrame] = {
            name: value
            for name, value in bound.arguments.items()
            if isinstance(value, pd.DataFrame)
        }
        self._reads = {
            name: [
                column
                for column in dict.fromkeys(("account", "account_id", *reads[name]))
                if column in frame
            ]
            for name, frame in self._frames.items()
        }
        plain = [
            (name, value) for name, value in bound.arguments.items() if name not in self._frames
        ]
        if odd := [name for name, value in plain if isinstance(value, pd.Series | np.ndarray)]:
            raise TypeError(
                f"what is kept is known by its words, and those of {odd} are cut short: give a "
                "frame or a list"
            )
        self._plain = repr(plain)
        self.first = next(iter(self._frames.values()))

    def key(self) -> str:
        """One key of everything."""
        return key_of(
            [
                self._plain,
                *(
                    part
                    for name, frame in self._frames.items()
                    for part in (name, key_frame(frame[self._reads[name]]))
                ),
            ]
        )

    def keys(self) -> dict[str, str]:
        """One key for each account, in the order of their names."""
        accounts = (
            self.first[["account", "account_id"]]
            .drop_duplicates("account_id")
            .sort_values(["account", "account_id"])["account_id"]
        )
        parts: dict[str, list[str | bytes]] = {
            str(account_id): [self._plain, str(account_id)] for account_id in accounts
        }
        for name, frame in self._frames.items():
            for account_id, rows in cut_rows(frame[self._reads[name]], self._owners(frame)).items():
                if account_id in parts:
                    parts[account_id] += [name, *rows]
        return {account_id: key_of(held) for account_id, held in parts.items()}

    def sizes(self, accounts: set[str]) -> dict[str, int]:
        """How many rows of the first frame are about each of these accounts."""
        counts = self.first["account_id"].astype("str").value_counts()
        return {
            str(account_id): int(count)
            for account_id, count in counts.items()
            if account_id in accounts
        }

    def only(self, accounts: set[str]) -> dict[str, Any]:
        """The arguments of the same call about some accounts only."""
        some = {
            name: frame[self._owners(frame).isin(accounts).to_numpy()].reset_index(drop=True)
            for name, frame in self._frames.items()
        }
        return {**self._bound.arguments, **some}

    def _owners(self, frame: pd.DataFrame) -> pd.Series:
        if "account_id" in frame:
            return frame["account_id"].astype("str")
        return (
            frame["article_id"].map(self.first.set_index("article_id")["account_id"]).astype("str")
        )
