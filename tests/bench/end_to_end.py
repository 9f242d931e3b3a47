"""The whole way from saved pages to tables, beside what an analyst writes without this project, on
the same pages in one run.

python -m tests.bench.end_to_end [REAL SAMPLE [FOLDER]] default: 2000 pages made from the shared
  real ones, 20000 of the sample's shape

Each side runs in processes of its own: cold on an empty store, warm when nothing has changed. A
ratio above 1 says that this project needs less. CPU time counts every core and process, memory is
the most that a side's processes held together.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.made_pages import save_real, save_sample

__all__ = ["Run", "compare", "main", "run", "time_limits"]

SHARED = Path(__file__).resolve().parents[3] / "shared" / "pages"
_POLL_S = 0.05
_LIMITS = "read", "hash", "parse", "pack", "cut"


@dataclass(frozen=True, slots=True)
class Run:
    """One side's way through the pages: seconds by the clock and of its cores, the most memory in
    MB, what it printed.
    """

    wall: float
    cpu: float
    peak: float
    told: dict[str, Any]


def run(*command: str) -> Run:
    """Run one side in a process of its own; its last line is JSON."""
    began, before = time.perf_counter(), os.times()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        most = [0.0]
        watching = threading.Thread(target=_watch, args=(process, most))
        watching.start()
        out, _ = process.communicate()
        watching.join()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Run(time.perf_counter() - began, cpu, most[0], json.loads(out.splitlines()[-1]))


def _watch(process: subprocess.Popen[str], most: list[float]) -> None:
    while process.poll() is None:
        most[0] = max(most[0], _resident(process.pid))
        time.sleep(_POLL_S)


def _resident(pid: int) -> float:
    """MB that a process and those it started hold."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(_resident(int(child)) for child in below)


def compare(name: str, pages: Path, folder: Path, *, limit: bool = True) -> dict[str, Run]:
    """Run both sides on the pages of a folder and print what each took."""
    url = f"sqlite:///{folder}/{name}.sqlite3"
    files = sorted(pages.rglob("*.html"))
    size = sum(path.stat().st_size for path in files) / 1e6
    runs = {
        "cold": run("tests.bench.our_way", str(pages), url),
        "peer": run("tests.bench.peer", str(pages)),
        "warm": run("tests.bench.our_way", str(pages), url),
    }
    print(f"\n{name}: {len(files)} pages, {size:.0f} MB")
    print(f"{'':16}{'wall s':>9}{'CPU s':>9}{'ms/page':>9}{'peak MB':>9}")
    for side, title in (("peer", "the peer"), ("cold", "duibiao, cold"), ("warm", "duibiao, warm")):
        one = runs[side]
        print(
            f"{title:16}{one.wall:9.1f}{one.cpu:9.1f}{one.cpu / len(files) * 1000:9.2f}"
            f"{one.peak:9.0f}"
        )
    peer = runs["peer"]
    for side, aims in (("cold", "10"), ("warm", "100")):
        one = runs[side]
        print(
            f"{side}: {peer.wall / one.wall:.1f} times faster by the clock, "
            f"{peer.cpu / one.cpu:.1f} by CPU time (aim {aims}); memory {one.peak / peer.peak:.2f} "
            "of the peer's (aim 0.33)"
        )
    print(
        "steps, CPU s:  "
        + "   ".join(
            f"{step} {seconds:.2f}" for step, seconds in runs["cold"].told["steps"].items()
        )
    )
    if limit:
        spent = time_limits(files)
        whole = sum(spent.values())
        print(
            "limits, CPU s: "
            f"{'   '.join(f'{step} {seconds:.2f}' for step, seconds in spent.items())}   together "
            f"{whole:.2f}; cold takes {runs['cold'].cpu / whole:.1f} of it (aim 2)"
        )
    return runs


def time_limits(files: list[Path]) -> dict[str, float]:
    """CPU seconds of what can't be left out, done alone: reading, one digest, parsing with lexbor,
    packing with the right dictionary, rjieba.
    """
    import rjieba
    import zstandard
    from selectolax.lexbor import LexborHTMLParser

    spent = dict.fromkeys(_LIMITS, 0.0)
    packers: dict[Path, zstandard.ZstdCompressor] = {}

    def count(step: str, began: float) -> float:
        now = time.process_time()
        spent[step] += now - began
        return now

    rjieba.cut("热身")
    for path in files:
        at = time.process_time()
        raw = path.read_bytes()
        at = count("read", at)
        hashlib.sha256(raw).digest()
        at = count("hash", at)
        end = raw.find(b'id="js_pc_qr_code"')
        tree = LexborHTMLParser(raw[:end] if end > 0 else raw)
        at = count("parse", at)
        if path.parent not in packers:
            shared = zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            settings = zstandard.ZstdCompressionParameters.from_level(
                6, window_log=25, source_size=len(raw), dict_size=len(raw)
            )
            packers = {
                path.parent: zstandard.ZstdCompressor(compression_params=settings, dict_data=shared)
            }
        packers[path.parent].compress(raw)
        at = count("pack", at)
        rjieba.cut((tree.css_first("title") or tree.body).text() if tree.body else "")
        count("cut", at)
    return spent


def main(real: int, sample: int, folder: Path) -> None:
    """Make the pages, and print the comparisons."""
    if real and SHARED.is_dir():
        save_real(SHARED, folder / "real", real)
        compare("real", folder / "real", folder)
    elif real:
        print("the shared real pages are not here")
    if sample:
        save_sample(folder / "sample", sample)
        compare("sample", folder / "sample", folder)


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:3]]
    wanted = (numbers + [2000, 20_000][len(numbers) :])[:2]
    if len(sys.argv) > 3:
        main(wanted[0], wanted[1], Path(sys.argv[3]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(wanted[0], wanted[1], Path(temporary))
