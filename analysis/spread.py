"""The same work on many parts, on all cores where that pays: parts go out small, what comes back are frames, in the order of the parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from joblib import Parallel, delayed

__all__ = ["deal_out", "spread"]

Part = TypeVar("Part")
Made = TypeVar("Made")
_PARTS_A_WORKER = 4  # so that none waits long for the last one


def spread(task: Callable[[Part], Made], parts: Sequence[Part]) -> list[Made]:
    """What `task`, a module's function, makes of each part; on one core, or of one part, in this very process."""
    if (os.cpu_count() or 1) < 2 or len(parts) < 2:
        return [task(part) for part in parts]
    made: list[Made] = Parallel(n_jobs=os.cpu_count(), max_nbytes=None)(delayed(task)(part) for part in parts)
    return made


def deal_out(sizes: dict[str, int]) -> list[list[str]]:
    """Names dealt into parts of about the same size, four for each core, the largest first; the same deal every time."""
    piles: list[tuple[int, list[str]]] = [(0, []) for _ in range(min((os.cpu_count() or 1) * _PARTS_A_WORKER, len(sizes)))]
    for name, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        least = min(range(len(piles)), key=lambda place: (piles[place][0], place))
        piles[least] = piles[least][0] + size, [*piles[least][1], name]
    return [names for _, names in piles]
