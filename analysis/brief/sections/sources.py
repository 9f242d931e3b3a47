"""Changes of the data's source, as a brief tells them: once, and not as news of the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.rows import plain_rows

__all__ = ["SourceChange", "list_source_changes"]

_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A week in which several accounts changed at once and one kind of source shows it; see
    cadence.source_changes.find_source_changes.
    """

    week: date
    kinds: frozenset[str]
    account_ids: frozenset[str]

    def covers(self, account_id: str, kind: str, day: date) -> bool:
        """Whether a change of an account is part of this one."""
        return (
            account_id in self.account_ids
            and kind in self.kinds
            and self.week <= day <= self.week + _WEEK
        )


def list_source_changes(weeks: pd.DataFrame) -> tuple[SourceChange, ...]:
    """The weeks that only one kind of source shows, the newest first."""
    return tuple(
        SourceChange(row["week"].date(), frozenset(row["kinds"]), frozenset(row["account_ids"]))
        for row in plain_rows(weeks)
        if row["because"] == "来源"
    )
