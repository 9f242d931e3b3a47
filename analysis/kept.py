"""What is computed once and kept: derived frames as Parquet beside the store, thrown away when their key changes.

A kept frame is a copy of what the code would compute again, never a source: losing the folder costs time only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from crawler.store import Store

__all__ = ["Kept", "kept_beside", "key_accounts", "key_of", "key_of_code"]


def kept_beside(store: Store) -> Kept:
    """The kept frames of a store: a folder beside its SQLite file, or in the user's cache folder where the store is a server."""
    url = store.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        return Kept(Path(f"{url.database}.kept"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Kept(cache / "duibiao" / key_of([store.name])[:16])


def key_of(parts: Iterable[str | bytes]) -> str:
    """One hex key of many parts, in their order: the content a frame was made from and the code that made it."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        held = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(held).to_bytes(8, "big"))
        digest.update(held)
    return digest.hexdigest()


def key_of_code(patterns: Iterable[str], *more: str) -> str:
    """One key of the code and data files that match `patterns`, relative to this package, and of `more`. Raises ValueError where one matches none."""
    here = Path(__file__).parent
    parts: list[str | bytes] = []
    for pattern in patterns:
        found = sorted(here.glob(pattern))
        if not found:
            raise ValueError(f"no file of {here.name}/ matches {pattern!r}")
        parts += [held for path in found for held in (path.relative_to(here).as_posix(), path.read_bytes())]
    return key_of([*parts, *more])


def key_accounts(articles: pd.DataFrame, columns: Sequence[str]) -> dict[str, str]:
    """One key by account_id for all that these columns say of its articles, in their order; lists count as their words."""
    held = {name: articles[name] for name in columns}
    words = {name: column.map(lambda told: "\0".join(told) if isinstance(told, list) else "") for name, column in held.items() if column.dtype == "object"}
    rows = pd.util.hash_pandas_object(pd.DataFrame(held | words), index=False)
    return {str(account_id): key_of([str(account_id), part.to_numpy().tobytes()]) for account_id, part in rows.groupby(articles["account_id"])}


class Kept:
    """Frames by name, each with the key it was made under; one file a name, so nothing piles up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str, key: str) -> pd.DataFrame | None:
        """The frame kept under this name and key; None where there is none, it was made under another key, or its file is damaged."""
        path = self.folder / f"{name}.parquet"
        try:
            table = pa.parquet.read_table(path)
        except (OSError, pa.ArrowInvalid):
            return None
        if (table.schema.metadata or {}).get(b"duibiao_key") != key.encode():
            return None
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def by_account(self, name: str, code: str, keys: Mapping[str, str], make: Callable[[set[str]], pd.DataFrame], *, whole: bool = True) -> pd.DataFrame:
        """Rows of each account in `keys` (account_id -> key of what they are made from), made only for accounts whose key is new.

        `make` gives the rows of some accounts, with account_id among the columns. With `whole` no other accounts exist; without, what is
        kept of others stays. Rows come by account as kept, those made now last.
        """
        old = self.load(name, code)
        known = old[old["key"].isin(set(keys.values()))] if old is not None else None
        fresh = set(keys) - (set(known["account_id"]) if known is not None else set())
        parts = [known] if known is not None else []
        if fresh or known is None:
            made = make(fresh)
            parts.append(made.assign(key=made["account_id"].map(keys).astype("str")))
        if fresh:
            others = [old[~old["account_id"].isin(set(keys))]] if old is not None and not whole else []
            self.save(name, code, pd.concat([part for part in (*parts, *others) if len(part)] or parts[-1:], ignore_index=True))
        return pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True).drop(columns="key")

    def save(self, name: str, key: str, frame: pd.DataFrame) -> bool:
        """Keep a frame, written aside and moved into place; False where the folder can't be written, which costs only time later."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"duibiao_key": key.encode()})
        aside = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=f".{name}.", delete=False) as file:
                aside = Path(file.name)
                pa.parquet.write_table(table, file, compression="zstd")
            aside.replace(self.folder / f"{name}.parquet")
        except OSError:
            return False
        finally:
            if aside is not None:
                aside.unlink(missing_ok=True)
        return True
