"""How the tables of the layout command write shares and days."""

from __future__ import annotations

from typing import Any

__all__ = ["format_days", "format_share"]


def format_share(share: float | None) -> str:
    """In per cent; nothing where there is none."""
    return "" if share is None else f"{share:.0%}"


def format_days(first: Any, last: Any) -> str:
    """From day to day; None or NaT where no article has a time."""
    return "时间未知" if first is None or first != first else f"{first:%Y-%m-%d}～{last:%Y-%m-%d}"
