"""The type of the fixtures that run the command."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Protocol

__all__ = ["Run"]


class Run(Protocol):
    """Runs `duibiao` with these arguments; fails where it ends with another code than `check`."""

    def __call__(
        self,
        *arguments: str | Path,
        store: str | None = None,
        check: int | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]: ...
