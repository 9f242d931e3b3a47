"""Where the accounts lead their readers, as a brief shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.content.leads import KINDS, count_leads
from analysis.rows import Example, parts_of, plain_rows

__all__ = ["Lead", "Leading", "measure_leading"]


@dataclass(frozen=True, slots=True)
class Lead:
    """One way readers are led: n articles of the account's bodies, share 0 to 1, None below ten;
    words and hosts most often used.
    """

    kind: str
    name: str
    n: int
    share: float | None
    words: tuple[str, ...]
    hosts: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Leading:
    """Where one account leads: of `bodies` articles read, the ways used most first."""

    bodies: int
    leads: tuple[Lead, ...]

    def of(self, kind: str) -> Lead | None:
        """The lead of a kind, if there is one."""
        return next((lead for lead in self.leads if lead.kind == kind), None)


def measure_leading(leads: pd.DataFrame | None, articles: pd.DataFrame) -> dict[str, Leading]:
    """Where each account with a body leads, by account_id; nothing without bodies."""
    if leads is None or leads.empty:
        return {}
    owners = articles[["article_id", "account_id"]].merge(
        leads[["article_id"]].drop_duplicates(), on="article_id"
    )["account_id"]
    counted = parts_of(count_leads(leads, articles))
    return {
        str(key): Leading(int(n), _leads(counted.get(str(key))))
        for key, n in owners.value_counts().sort_index().items()
    }


def _leads(rows: pd.DataFrame | None) -> tuple[Lead, ...]:
    counted = plain_rows(rows) if rows is not None else []
    return tuple(
        Lead(
            row["kind"],
            KINDS[row["kind"]],
            row["n"],
            row["share"],
            tuple(row["words"]),
            tuple(row["hosts"]),
            tuple(
                Example(title, url)
                for title, url in zip(row["titles"], row["examples"], strict=True)
            ),
        )
        for row in counted
    )
