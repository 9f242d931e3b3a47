"""What is read from articles' bodies, each body once: kept while the body, what goes with it and
the code are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from analysis.compute.cache import FrameCache, cache_for
from analysis.compute.keys import key_of, key_of_code
from analysis.compute.parallel import current_executor, parallel_map, worth_parallel
from analysis.frames import fill_column
from crawler.store import Store, open_store
from crawler.store.store import shown_id

__all__ = ["BodyReading", "load_readings"]

_PART = 500  # bodies read at a time
_PARALLEL_FROM = (
    4000  # below it, starting other Pythons takes longer than they save, and the memory of two more
)


@dataclass(frozen=True, slots=True)
class BodyReading:
    """A way to read bodies: `read(article_id, body, beside)` gives at least one row, with the
    columns of `contract`; all by name, so that it can be sent.
    """

    name: str
    contract: Mapping[str, str]
    read: Callable[[str, str, Any], Iterable[Mapping[str, Any]]]

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """Rows as a frame of the contract."""
        column_values: dict[str, list[Any]] = {column: [] for column in self.contract}
        for row in rows:  # a row at a time: a hundred thousand dicts of sixty fields are gigabytes
            for column, values in column_values.items():
                values.append(row[column])
        return pd.DataFrame(
            {
                column: fill_column(column_values[column], dtype)
                for column, dtype in self.contract.items()
            }
        )


def load_readings(
    store: Store,
    reading: BodyReading,
    *,
    accounts: Sequence[int] | None,
    context: Mapping[int, Any],
    cache: FrameCache | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """What `reading` reads from the newest body of each article of these account numbers (None: of
    all), sorted by article_id.

    `beside` is what else it is given, by article number; `say` is told how many were read. What was
    read before is taken from beside the store while the body's digest, `beside` and the code are
    the same.
    """
    cache, code = cache or cache_for(store), key_of_code(reading.read.__module__)
    digests = store.body_digests(accounts=accounts)
    keys = {
        shown_id(number): key_of([digest, repr(context[number])]) if number in context else digest
        for number, digest in digests.items()
    }
    readings = cache.articles(
        reading.name,
        code,
        keys,
        lambda fresh: (
            _read(
                store, reading, [int(article_id[1:]) for article_id in fresh], context, on_progress
            )
            if fresh
            else reading.frame(())
        ),
    )
    return readings[list(reading.contract)].astype(dict(reading.contract))


def _read(
    store: Store,
    reading: BodyReading,
    numbers: Sequence[int],
    context: Mapping[int, Any],
    on_progress: Callable[[int], None] | None,
) -> pd.DataFrame:
    parts = [
        (part, {number: context[number] for number in part if number in context})
        for part in (numbers[begin : begin + _PART] for begin in range(0, len(numbers), _PART))
    ]
    if (
        current_executor().far and store.engine.dialect.name == "sqlite"
    ):  # a file of this machine: bodies go along
        frames = parallel_map(
            partial(_read_frame, reading),
            ((_gather(store, part), part_context) for part, part_context in parts),
        )
    elif worth_parallel(len(numbers), _PARALLEL_FROM):
        frames = parallel_map(
            partial(
                _read_elsewhere, store.engine.url.render_as_string(hide_password=False), reading
            ),
            parts,
        )
    else:
        frames = [_read_part(store, reading, *part) for part in parts]
    if on_progress and len(numbers) >= _PARALLEL_FROM:
        on_progress(len(numbers))
    return pd.concat(frames, ignore_index=True)


def _read_elsewhere(
    url: str, reading: BodyReading, part: tuple[Sequence[int], Mapping[int, Any]]
) -> pd.DataFrame:
    with open_store(url, create=False) as store:
        return _read_part(store, reading, *part)


def _read_part(
    store: Store, reading: BodyReading, numbers: Sequence[int], context: Mapping[int, Any]
) -> pd.DataFrame:
    return _read_bodies(reading, store.bodies(articles=numbers), context)


def _gather(store: Store, numbers: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame(list(store.bodies(articles=numbers)), columns=["number", "body"])


def _read_frame(reading: BodyReading, part: tuple[pd.DataFrame, Mapping[int, Any]]) -> pd.DataFrame:
    bodies, context = part
    return _read_bodies(
        reading, zip(bodies["number"].tolist(), bodies["body"].tolist(), strict=True), context
    )


def _read_bodies(
    reading: BodyReading, bodies: Iterable[tuple[int, str]], context: Mapping[int, Any]
) -> pd.DataFrame:
    return reading.frame(
        row
        for number, body in bodies
        for row in reading.read(shown_id(number), body, context.get(number))
    )
