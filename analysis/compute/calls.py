"""What a cached function is called with, keyed by account or as a whole."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.compute.keys import cut_rows, key_frame, key_of

__all__ = []


class FrameCall:
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
        return {account_id: key_of(parts_of_key) for account_id, parts_of_key in parts.items()}

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
        selected = {
            name: frame[self._owners(frame).isin(accounts).to_numpy()].reset_index(drop=True)
            for name, frame in self._frames.items()
        }
        return {**self._bound.arguments, **selected}

    def _owners(self, frame: pd.DataFrame) -> pd.Series:
        if "account_id" in frame:
            return frame["account_id"].astype("str")
        return (
            frame["article_id"].map(self.first.set_index("article_id")["account_id"]).astype("str")
        )
