"""The base of every error a user may see. Each stands beside the code that raises it."""

from __future__ import annotations

__all__ = ["DuibiaoError"]


class DuibiaoError(Exception):
    """What was asked can't be done: its message says in one line what is wrong, what was found and
    what to do. The command prints it; the library raises it.
    """
