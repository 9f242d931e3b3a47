"""A store's engine and clock, and its database's errors as one clear line."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, CursorResult, Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from crawler.store.engines import StoreError, explain, shown_url

__all__ = ["StoreConnection"]

_ROWS_AHEAD = 5000


@dataclass(slots=True)
class StoreConnection:
    """Where a store is and what time it is there."""

    engine: Engine
    clock: Callable[[], float] = time.time

    @property
    def name(self) -> str:
        """The store's address without its password."""
        return shown_url(self.engine.url)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self) -> int:
        """Unix seconds by the store's clock."""
        return int(self.clock())

    @contextmanager
    def clear_errors(self) -> Iterator[None]:
        """Turn database errors into one clear line."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(explain(error, self.name)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.clear_errors(), self.engine.connect() as conn:
            yield conn

    @contextmanager
    def _streaming(
        self, query: Select[Any], *, ahead: int = _ROWS_AHEAD
    ) -> Iterator[CursorResult[Any]]:
        """The rows of a query, read `ahead` at a time."""
        with (
            self._reading() as conn,
            conn.execution_options(yield_per=ahead).execute(query) as rows,
        ):
            yield rows
