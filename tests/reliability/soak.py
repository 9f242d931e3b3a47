"""A long crawl from the replica with every twentieth answer a fault: memory stays flat, nothing is
doubled, nothing lost.

python -m tests.reliability.soak [SECONDS]      default 1200; `make soak` takes them from SOAK_S
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np

from crawler.replica.content import SiteAlbum, SiteContent, listing_row
from crawler.replica.server import serve
from tests.reliability.hostile import BIZ, article, hostile_page
from tests.reliability.kill import acknowledged, environment, integrity

__all__ = ["Soaked", "soak"]

FAULTS = 0.05
_PAUSE_S, _TAKES_S = 0.1, 0.012  # between two requests, and for one
_ALBUM = 500  # articles of one album
_WARM = 0.3  # of the time: caches fill until then


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a soak came to. Memory in MB, its slope in MB an hour behind the warm-up."""

    seconds: float
    articles: int
    requests: int
    faults: Counter[str]
    runs: int
    start_mb: float
    end_mb: float
    peak_mb: float
    slope_mb_h: float
    lost: int
    doubled: int
    sound: str

    @property
    def flat(self) -> bool:
        """Whether memory at the end is within a quarter of what it was after the warm-up."""
        return self.end_mb <= 1.25 * self.start_mb


def soak(seconds: float, *, seed: int = 1, say: Callable[[str], None] = lambda _: None) -> Soaked:
    """Crawl for about so many seconds, then without faults to the end, and compare with what the
    site has.
    """
    count = max(20, int(seconds / (_PAUSE_S + _TAKES_S)))
    rng, faults = random.Random(seed), Counter[str]()
    with (
        tempfile.TemporaryDirectory(prefix="duibiao-soak-") as made,
        serve(_shelf(count)) as replica,
    ):
        folder = Path(made)
        albums = [f"{20_000 + n}" for n in range(-(-count // _ALBUM))]
        (folder / "accounts.toml").write_text(
            f'[[accounts]]\nname = "半间厨房"\nid = "{BIZ}"\nalbums = {albums}\n'.replace("'", '"'),
            encoding="utf-8",
        )
        replica.attack = lambda handler: _fault(handler, rng, faults)
        began = time.monotonic()
        sizes = _collect(folder, replica.url, _PAUSE_S, say)
        took = time.monotonic() - began
        replica.attack, runs = None, 1
        while runs < 4 and len(set(acknowledged(folder / "d.sqlite3"))) < count:
            _collect(folder, replica.url, 0, say)
            runs += 1
        held = acknowledged(folder / "d.sqlite3")
        warm = sizes[int(len(sizes) * _WARM) :] or sizes
        times, memory = np.array([at for at, _ in warm]), np.array([mb for _, mb in warm])
        slope = float(np.polyfit(times, memory, 1)[0]) * 3600 if len(warm) > 2 else 0.0
        return Soaked(
            took,
            count,
            len(replica.requests),
            faults,
            runs,
            float(memory[0]),
            float(memory[-1]),
            max(mb for _, mb in sizes),
            slope,
            lost=count - len(set(held)),
            doubled=len(held) - len(set(held)),
            sound=integrity(folder / "d.sqlite3"),
        )


def _shelf(count: int) -> SiteContent:
    content = SiteContent()
    mids = range(1001, 1001 + count)
    for mid in mids:
        content.put(
            article(mid),
            lambda mid=mid: hostile_page(
                mid,
                body=f"<p>第{mid}篇，</p>"
                + "<section style='font-size:15px'>一段话。</section>" * 300,
            ),
        )  # type: ignore[misc]
    for number, first in enumerate(range(0, count, _ALBUM)):
        rows = [listing_row(article(mid)) for mid in mids[first : first + _ALBUM]][::-1]
        content.albums[f"{20_000 + number}"] = SiteAlbum(
            f"{20_000 + number}", f"合集{number}", "半间厨房", "gh_0000000000a2", BIZ, rows=rows
        )
    return content


def _fault(handler: BaseHTTPRequestHandler, rng: random.Random, faults: Counter[str]) -> bool:
    """Now and then something goes wrong: an error, a closed connection, a body cut off, a slow
    answer, a way off.
    """
    if handler.path == "/robots.txt" or rng.random() >= FAULTS:
        return False
    kind = rng.choice(("503", "closed", "cut", "slow", "elsewhere"))
    faults[kind] += 1
    if kind == "503":
        handler.wfile.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    elif kind == "cut":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<html>half a pa")
    elif kind == "elsewhere":
        handler.wfile.write(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:9/\r\nContent-Length: 0\r\n\r\n"
        )
    elif kind == "slow":
        time.sleep(0.5)
        return False
    return True


def _collect(
    folder: Path, url: str, pause: float, say: Callable[[str], None]
) -> list[tuple[float, float]]:
    """One run to its end: (seconds, MB) of its memory, once a second."""
    command = [
        sys.executable,
        "-m",
        "analysis.cli",
        "collect",
        "accounts.toml",
        "--base-url",
        url,
        "--delay",
        str(pause),
    ]
    running = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sizes, began, told = [], time.monotonic(), 0.0
    while running.poll() is None:
        at = time.monotonic() - began
        if (size := _memory(running.pid)) and at > 2:
            sizes.append((at, size))
        if at - told > 60:
            told = at
            say(f"{at:.0f} s: {size:.0f} MB")
        time.sleep(1)
    return sizes or [(0.0, 0.0)]


def _memory(pid: int) -> float:
    """Resident memory in MB; 0 where the process is gone, or there is no /proc."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def main(arguments: list[str]) -> int:
    """Soak, and print the figures."""
    done = soak(
        float(arguments[0]) if arguments else 1200.0,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    spread = ", ".join(f"{name} {count}" for name, count in sorted(done.faults.items()))
    print(
        f"{done.seconds:.0f} s, {done.articles} articles, {done.requests} requests, "
        f"{sum(done.faults.values())} faults ({spread}), complete after {done.runs} runs"
    )
    print(
        f"memory {done.start_mb:.0f} MB warm, {done.end_mb:.0f} MB at the end, peak "
        f"{done.peak_mb:.0f} MB, {done.slope_mb_h:+.1f} MB an hour"
    )
    print(f"lost {done.lost}, doubled {done.doubled}, integrity {done.sound}")
    return int(bool(done.lost or done.doubled or done.sound != "ok" or not done.flat))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
