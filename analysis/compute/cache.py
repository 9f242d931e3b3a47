"""What is computed once and kept: derived frames as Parquet beside the store, taken again while
what they were made from and the code are the same.

A kept frame is a copy of what the code would compute again, never a source: losing the folder costs
time only. Functions say with `@kept_by_article`, `@kept_by_account` or `@kept_whole` that what they
give may be kept; it is, wherever they are called within `keeping(...)`.
"""

from __future__ import annotations

import functools
import inspect
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from analysis.compute.calls import FrameCall
from analysis.compute.frame_files import read_lists, seal, unseal
from analysis.compute.keys import cut_rows, key_of, key_of_code
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
FrameFunction = Callable[P, pd.DataFrame]
_VARIANTS = 4  # of an account or of a whole: windows and options that are asked for in turn
_PART = 5000  # articles read at a time where all cores work on them
# articles whose keys are made at a time: what a million say, cut into pieces, is half a gigabyte
_BLOCK = 50_000


def cache_for(store: Store) -> FrameCache:
    """The cached frames of a store: a folder beside its SQLite file, or in the user's cache folder
    where the store is a server. Frames of 0.1.0, which had other names, are removed.
    """
    url = store.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        folder, old = Path(f"{url.database}.cache"), Path(f"{url.database}.kept")
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        old = cache / "duibiao" / key_of([store.name])[:16]
        folder = old / "frames"
    _remove_frames(old)
    return FrameCache(folder)


def _remove_frames(folder: Path) -> None:
    """Remove cached frames, and their folder where nothing else is in it; where that can't be done
    they stay, unread.
    """
    with suppress(OSError):
        for path in folder.glob("*.parquet"):
            path.unlink()
        folder.rmdir()


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
        extra = {b"duibiao_key": key.encode(), b"duibiao_owners": json.dumps(owners or {}).encode()}
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **extra})
        pa.parquet.write_table(table, sink := io.BytesIO(), compression="zstd")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / f"{name}.parquet", seal(sink.getvalue()))
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
            computed = make(fresh)
            parts.append(computed.assign(key=computed["owner"].map(keys).astype("str")))
        rows = pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True)
        if fresh:
            owners = owners | {
                owner: [*owners.get(owner, ())[1 - _VARIANTS :], keys[owner]]
                for owner in keys
                if owner in fresh
            }
            rows = rows[
                rows["key"].isin([key for owner_keys in owners.values() for key in owner_keys])
            ]
            self.save(name, code, rows, owners=owners)
        chosen = rows[rows["key"].isin(list(keys.values()))]
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
        rows = self.load(name, code)
        key_of_article = (
            {}
            if rows is None
            else dict(zip(rows["article_id"].tolist(), rows["key"].tolist(), strict=True))
        )
        fresh = [
            article_id for article_id, key in keys.items() if key_of_article.get(article_id) != key
        ]
        if fresh or rows is None:
            computed = make(fresh)
            computed = computed.assign(key=computed["article_id"].map(keys).astype("str"))
            parts = (
                [computed] if rows is None else [rows[~rows["article_id"].isin(fresh)], computed]
            )
            rows = pd.concat(
                [part for part in parts if len(part)] or parts[-1:], ignore_index=True
            ).sort_values("article_id", kind="stable", ignore_index=True)
            if fresh:
                self.save(name, code, rows)
        shown = (
            rows
            if key_of_article.keys() <= keys.keys()
            else rows[rows["article_id"].isin(list(keys))]
        )
        return shown.drop(columns="key").reset_index(drop=True)

    def _load(self, name: str, key: str) -> tuple[pd.DataFrame | None, dict[str, list[str]]]:
        """A kept frame and which keys of which owners it holds."""
        try:
            table = pa.parquet.read_table(
                pa.BufferReader(unseal((self.folder / f"{name}.parquet").read_bytes()))
            )
        except (OSError, pa.ArrowInvalid):
            return None, {}
        extra = table.schema.metadata or {}
        if extra.get(b"duibiao_key") != key.encode():
            return None, {}
        lists = [field.name for field in table.schema if pa.types.is_list(field.type)]
        plain: pd.DataFrame = table.drop_columns(lists).to_pandas()
        frame = plain.assign(
            **{name: fill_column(read_lists(table[name]), "object") for name in lists}
        )[table.column_names]
        return frame, json.loads(extra.get(b"duibiao_owners") or b"{}")


def _in_order(rows: pd.DataFrame, owners: Iterable[str]) -> pd.DataFrame:
    order = rows["owner"].map({owner: at for at, owner in enumerate(owners)}).to_numpy()
    return rows.iloc[np.argsort(order, kind="stable")].drop(columns="owner").reset_index(drop=True)


def call_uncached(
    function: Callable[..., pd.DataFrame], arguments: Mapping[str, Any]
) -> pd.DataFrame:
    """What the function itself gives: sent by its name, which is that of the one that keeps."""
    result: pd.DataFrame = inspect.unwrap(function)(**arguments)
    return result


_CACHE: ContextVar[FrameCache | None] = ContextVar("shelf", default=None)


@contextmanager
def using_cache(cache: FrameCache) -> Iterator[None]:
    """Inside, functions that may be kept are looked up in `kept`, and what they had to compute is
    put there.
    """
    token = _CACHE.set(cache)
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
) -> Callable[[FrameFunction[P]], FrameFunction[P]]:
    """For functions of frames whose rows about an account rest on that account's rows alone.

    `contract` is what they return, with account and account_id, sorted by these first. `reads`
    names each frame parameter and the columns that count; a frame without account_id belongs to
    accounts by article_id. With `as_given`, the columns that are the first frame's own and not
    kept, rows are articles in the order of that frame. From `spread_from` rows of the first frame
    on, all cores work on it.
    """
    given = ["article_id", "account_id", "account", *as_given] if as_given else []

    def wrap(function: FrameFunction[P]) -> FrameFunction[P]:
        name, signature = (
            f"{function.__module__.partition('.')[2]}.{function.__name__}",
            inspect.signature(function),
        )

        @functools.wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
            cache = _CACHE.get()
            if cache is None and not current_executor().far:
                return function(*args, **kwargs)
            call = FrameCall(signature.bind(*args, **kwargs), reads)

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
                    computed = pd.concat(
                        [part for part in parts if len(part)] or parts[:1], ignore_index=True
                    )
                else:
                    computed = call_uncached(function, call.only(wanted))
                own = [
                    column for column in contract if column == "article_id" or column not in given
                ]
                return computed[own].assign(owner=computed["account_id"].astype("str"))

            keys = call.keys()
            rows = (
                cache.parts(name, key_of_code(function.__module__), keys, make)
                if cache
                else _in_order(make(set(keys)), keys)
            )
            if given:
                rows = call.first[given].merge(
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
            rows, cache = articles[["article_id", *reads]].reset_index(drop=True), _CACHE.get()
            if cache is None:
                return function(rows, **plain)

            def make(fresh: Sequence[str]) -> pd.DataFrame:
                fresh_rows = rows[rows["article_id"].isin(fresh)]
                if fresh_rows.empty or not worth_parallel(len(fresh_rows), parallel_from):
                    return function(fresh_rows.reset_index(drop=True), **plain)
                parts = (
                    fresh_rows.iloc[begin : begin + _PART].reset_index(drop=True)
                    for begin in range(0, len(fresh_rows), _PART)
                )
                return pd.concat(
                    parallel_map(
                        partial(call_uncached, inside),
                        ({"articles": part, **plain} for part in parts),
                    ),
                    ignore_index=True,
                )

            options = repr(sorted(plain.items()))
            blocks = (rows.iloc[begin : begin + _BLOCK] for begin in range(0, len(rows), _BLOCK))
            keys = {
                key: key_of([options, *pieces])
                for block in blocks
                for key, pieces in cut_rows(block[list(reads)], block["article_id"]).items()
            }
            computed = cache.articles(name, key_of_code(function.__module__), keys, make)
            order = pd.Index(computed["article_id"]).get_indexer(rows["article_id"])
            if (order < 0).any():
                raise ValueError(
                    f"{name} gave no row for {int((order < 0).sum())} of {len(rows)} articles"
                )
            result: pd.DataFrame = (
                computed.iloc[order].reset_index(drop=True)[list(contract)].astype(dict(contract))
            )
            return result

        return inside

    return wrap


def cached(
    contract: Mapping[str, str], reads: Mapping[str, Iterable[str]]
) -> Callable[[FrameFunction[P]], FrameFunction[P]]:
    """For functions of frames whose rows rest on all that is given; `contract` and `reads` as for
    kept_by_account.
    """

    def wrap(function: FrameFunction[P]) -> FrameFunction[P]:
        name, signature = (
            f"{function.__module__.partition('.')[2]}.{function.__name__}",
            inspect.signature(function),
        )

        @functools.wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
            cache = _CACHE.get()
            if cache is None:
                return function(*args, **kwargs)
            key = FrameCall(signature.bind(*args, **kwargs), reads).key()
            rows = cache.parts(
                name,
                key_of_code(function.__module__),
                {"": key},
                lambda _: function(*args, **kwargs).assign(owner=""),
            )
            return rows[list(contract)].astype(dict(contract))

        return inside

    return wrap
