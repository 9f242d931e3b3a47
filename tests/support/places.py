"""Where things lie: the checkout, its small pages and sample, and what is shared beside it."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["PAGES", "ROOT", "SAMPLE", "SHARED"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "tests" / "pages"
SAMPLE = ROOT / "data" / "sample"
SHARED = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
