"""What a person sees while a command works: messages on stderr, and one line that says what is done
where it takes longer than two seconds. Where stderr is no terminal there are messages only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

__all__ = ["StatusLine", "clear_status", "echo_err", "set_status", "working"]

_QUIET_S = 2.0
_EVERY_S = 0.5


class StatusLine:
    """The line: what is done and for how long. `text` may be set at any time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._began = time.monotonic()
        self._lock = Lock()
        self._ended = Event()
        self._drawn = False
        self._thread = Thread(target=self._draw_on, daemon=True)

    def start(self) -> None:
        """Draw it from now on, once it has been quiet for long enough."""
        self._thread.start()

    def end(self) -> None:
        """Take it off the screen for good."""
        self._ended.set()
        self._thread.join()
        self.clear()

    def clear(self) -> None:
        """Take it off the screen until it is drawn again."""
        with self._lock:
            if self._drawn:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
                self._drawn = False

    def _draw_on(self) -> None:
        pause = _QUIET_S
        while not self._ended.wait(pause):
            pause = _EVERY_S
            with self._lock:
                line = f"{self.text}…… {time.monotonic() - self._began:.0f} 秒"
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
                self._drawn = True


_current: list[StatusLine] = []


@contextmanager
def working(text: str) -> Iterator[StatusLine]:
    """Say what is done while it is done; inside another one, that one's line says so."""
    if _current:
        line, before = _current[0], _current[0].text
        line.text = text
        try:
            yield line
        finally:
            line.text = before
        return
    line = StatusLine(text)
    if not sys.stderr.isatty():
        yield line
        return
    _current.append(line)
    line.start()
    try:
        yield line
    finally:
        line.end()
        _current.clear()


def set_status(text: str) -> bool:
    """Say what is done now on the line; whether there is one."""
    for line in _current:
        line.text = text
    return bool(_current)


def clear_status() -> None:
    """Make room on the terminal for what is printed next."""
    for line in _current:
        line.clear()


def echo_err(line: str) -> None:
    """One message for people."""
    clear_status()
    print(line, file=sys.stderr, flush=True)
