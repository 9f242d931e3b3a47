"""A conclusion with what it rests on, and outside names set apart in its sentence. Which
conclusions are drawn is the brief's and the benchmark's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.rows import Example

__all__ = ["Finding", "isolate_name"]

_MAX_NAME = 24
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion: which rule drew it, the sentence (问题), what it rests on, what to do (建议)
    and what that should bring (预期).

    `advice` and `expected` are empty where the figures carry no advice; `expected` names a figure
    to look at again, never a promised effect.
    """

    rule: str
    sentence: str
    n: int
    unit: str
    first: date | None
    last: date | None
    examples: tuple[Example, ...] = ()
    advice: str = ""
    expected: str = ""


def isolate_name(name: str, *, longest: int = _MAX_NAME) -> str:
    """An outside name for a sentence: bidi controls dropped, clamped, between isolates."""
    clean = name.translate(_BIDI)
    return f"\u2068{clean if len(clean) <= longest else clean[: longest - 1] + '…'}\u2069"
