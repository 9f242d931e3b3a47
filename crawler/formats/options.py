"""How a file is to be read, as whoever imports it says. Every reader may import this."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.formats.table import TableOptions
from crawler.records import Account

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read: names for columns nobody knows, whose the articles are, today (unix
    seconds), the role of all accounts in it, whether its sheets are named by their accounts.
    """

    mapping: dict[str, str] = field(default_factory=dict)
    owner: Account | None = None
    now: int = 4_000_000_000
    role: str | None = None
    sheet_accounts: bool = False

    def for_tables(self) -> TableOptions:
        """The same for what is read as a table."""
        return TableOptions(
            mapping=self.mapping, owner=self.owner, now=self.now, sheet_accounts=self.sheet_accounts
        )
