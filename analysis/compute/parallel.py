"""The same work on many parts, where that pays: on all cores of this machine, or wherever
`spreading` says. What comes back are frames, in the order of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed

__all__ = [
    "ALONE",
    "Executor",
    "balance",
    "worth_parallel",
    "current_executor",
    "parallel_map",
    "using_executor",
]

Part = TypeVar("Part")
Result = TypeVar("Result")
_PARTS_A_WORKER = 4  # so that none waits long for the last one


@dataclass(frozen=True, slots=True)
class Executor:
    """Where parts are worked on: `run(task, parts)` does, on as many `cores`; to one that is `far`
    everything goes, however little it is.
    """

    cores: int
    run: Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]
    far: bool = False


def _run_here(task: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    results: list[Result] = Parallel(n_jobs=cpu_count(), max_nbytes=None)(
        delayed(task)(part) for part in parts
    )
    return results


def _run_alone(task: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    return [task(part) for part in parts]


ALONE = Executor(1, _run_alone)  # one of many already
_EXECUTOR: ContextVar[Executor | None] = ContextVar("place", default=None)


def current_executor() -> Executor:
    """Where parts are worked on now."""
    return _EXECUTOR.get() or Executor(cpu_count(), _run_here)


@contextmanager
def using_executor(where: Executor) -> Iterator[None]:
    """Inside, parts are worked on there."""
    token = _EXECUTOR.set(where)
    try:
        yield
    finally:
        _EXECUTOR.reset(token)


def worth_parallel(size: int, least: int) -> bool:
    """Whether work of this size is to be spread: below `least`, starting another Python takes
    longer than it saves.
    """
    return current_executor().far or size >= least


def parallel_map(task: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    """What `task`, a module's function, makes of each part; on one core, or of one part, in this
    very process.
    """
    where = current_executor()
    if where.far:
        return where.run(task, parts)  # one by one: all parts together may be more than fits here
    batch: Sequence[Part] = list(parts)
    return where.run(task, batch) if where.cores > 1 and len(batch) > 1 else _run_alone(task, batch)


def balance(sizes: dict[str, int]) -> list[list[str]]:
    """Names dealt into parts of about the same size, four for each core, the largest first; the
    same deal every time.
    """
    piles: list[tuple[int, list[str]]] = [
        (0, []) for _ in range(min(current_executor().cores * _PARTS_A_WORKER, len(sizes)))
    ]
    for name, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        least = min(
            range(len(piles)),
            key=lambda current_executor: (piles[current_executor][0], current_executor),
        )
        piles[least] = piles[least][0] + size, [*piles[least][1], name]
    return [names for _, names in piles]
