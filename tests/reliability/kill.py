"""kill -9 at random moments, and power cuts: what was acknowledged is there once, the store is
sound, the next run comes to the same content.

python -m tests.reliability.kill [200] [--seed 1] kills, over collect, import, features and bring-up
  in turn
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crawler.replica.content import SiteAlbum, SiteContent, listing_row
from crawler.replica.server import serve
from tests.reliability.hostile import BIZ, article, hostile_page

__all__ = ["SCENES", "Outcome", "content_of", "integrity", "kill_often"]

ROOT = Path(__file__).resolve().parents[2]
_COUNT = 30
_ASIDE = (
    "sources.added_at",
    "sources.note",
    "pages.seen_at",
    "claims.seen_at",
    "account_claims.seen_at",
    "albums.seen_at",
    "albums.walked_at",
    "album_claims.seen_at",
    "album_claims.walked_at",
    "album_items.seen_at",
    "bodies.seen_at",
    "pages.blob",
    "pages.dictionary_id",
)
# The clock and the order of pages differ between runs; everything else must be the same.


@dataclass(slots=True)
class Outcome:
    """What many kills came to."""

    kills: Counter[str] = field(default_factory=Counter)
    too_late: int = 0  # the process had ended by itself
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """Anything that must not be."""
        return sum(
            map(len, (self.lost, self.doubled, self.unsound, self.unfinished, self.different))
        )


def integrity(file: Path) -> str:
    """SQLite's own verdict."""
    connection = sqlite3.connect(file)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def content_of(file: Path) -> dict[str, list[str]]:
    """Every record of a store as text, by table, without clocks and row numbers that depend on the
    order of arrival.
    """
    connection = sqlite3.connect(file)
    try:
        found = {}
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('meta', "
            "'dictionaries', 'sqlite_sequence') ORDER BY name"
        ):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = [
                name
                for name in names
                if f"{table}.{name}" not in _ASIDE and not name.endswith("_id")
            ]
            rows = connection.execute(f"SELECT {', '.join(kept)} FROM {table}") if kept else []
            found[table] = sorted(
                hashlib.sha256(repr(row).encode()).hexdigest()[:12]
                if len(repr(row)) > 400
                else repr(row)
                for row in rows
            )
        return found
    finally:
        connection.close()


def acknowledged(file: Path) -> list[str]:
    """The identity of every article read, as the store has it; several times where it is there
    several times.
    """
    if not file.exists():
        return []
    connection = sqlite3.connect(file)
    try:
        return [
            f"{mid}:{idx}"
            for mid, idx in connection.execute(
                "SELECT mid, idx FROM articles WHERE status = 'fetched'"
            )
        ]
    except sqlite3.OperationalError:  # killed before there were tables
        return []
    finally:
        connection.close()


def make_shelf() -> SiteContent:
    """An account of thirty articles in one album."""
    content = SiteContent()
    for mid in range(1001, 1001 + _COUNT):
        content.put(article(mid), lambda mid=mid: _page(mid))  # type: ignore[misc]
    rows = [listing_row(article(mid)) for mid in range(1000 + _COUNT, 1000, -1)]
    content.albums["20001"] = SiteAlbum(
        "20001", "好物", "半间厨房", "gh_0000000000a2", BIZ, rows=rows
    )
    return content


def _page(mid: int) -> bytes:
    return hostile_page(
        mid,
        body=(
            f"<section style='font-size:15px;line-height:1.75'>第{mid}篇的正文</"
            "section><p>一段话。</p>"
        )
        * 20,
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that is killed: how it is set up in a folder, the command, and what must be the
    same afterwards.
    """

    name: str
    set_up: Callable[[Path], None]
    command: Callable[[Path, str], list[str]]
    content: Callable[[Path], object]


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _accounts(folder: Path) -> None:
    (folder / "accounts.toml").write_text(
        f'[[accounts]]\nname = "半间厨房"\nid = "{BIZ}"\nalbums = ["20001"]\n', encoding="utf-8"
    )


def _saved_pages(folder: Path) -> None:
    (folder / "saved").mkdir()
    for mid in range(1001, 1001 + _COUNT):
        (folder / "saved" / f"{mid}.html").write_bytes(_page(mid))


def _filled(folder: Path) -> None:
    _saved_pages(folder)
    subprocess.run(
        _python("-m", "analysis.cli", "import", "saved"),
        cwd=folder,
        env=environment(folder),
        check=True,
        capture_output=True,
        timeout=300,
    )


def _older(folder: Path) -> None:
    """A store of an older structure: the migration of old_structure.py brings it up."""
    _filled(folder)
    subprocess.run(
        _python("-m", "tests.reliability.old_structure", "make", str(folder / "d.sqlite3")),
        cwd=folder,
        env=environment(folder),
        check=True,
        timeout=300,
    )


def environment(folder: Path) -> dict[str, str]:
    """The store in the folder, this code, no colours."""
    return {
        **os.environ,
        "DUIBIAO_STORE": f"sqlite:///{folder}/d.sqlite3",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }


def _kept_frames(folder: Path) -> dict[str, str]:
    """What is kept beside the store, by name, as frames."""
    import pandas as pd

    return {
        path.name: pd.read_parquet(path).map(str).to_csv()
        for path in sorted((folder / "d.sqlite3.cache").glob("*.parquet"))
    }


SCENES = (
    Scene(
        "collect",
        _accounts,
        lambda folder, url: _python(
            "-m", "analysis.cli", "collect", "accounts.toml", "--base-url", url, "--delay", "0"
        ),
        lambda folder: content_of(folder / "d.sqlite3"),
    ),
    Scene(
        "import",
        _saved_pages,
        lambda folder, url: _python("-m", "analysis.cli", "import", "saved"),
        lambda folder: content_of(folder / "d.sqlite3"),
    ),
    Scene(
        "features",
        _filled,
        lambda folder, url: _python("-m", "analysis.cli", "layout", "--format", "csv"),
        _kept_frames,
    ),
    Scene(
        "migrate",
        _older,
        lambda folder, url: _python(
            "-m", "tests.reliability.old_structure", "open", str(folder / "d.sqlite3")
        ),
        lambda folder: content_of(folder / "d.sqlite3"),
    ),
)


@contextmanager
def _set_up(scene: Scene, pattern: Path) -> Iterator[Path]:
    """A fresh copy of the scene's folder."""
    with tempfile.TemporaryDirectory(prefix="duibiao-kill-") as made:
        folder = Path(made) / "here"
        shutil.copytree(pattern, folder)
        yield folder


def kill_often(
    times: int,
    *,
    seed: int = 1,
    scenes: tuple[Scene, ...] = SCENES,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Kill each scene's command in turn, `times` in all, each time until it has been killed thrice;
    then let it end and compare.
    """
    rng, outcome = random.Random(seed), Outcome()
    with (
        serve(make_shelf()) as replica,
        tempfile.TemporaryDirectory(prefix="duibiao-kill-") as made,
    ):
        whole: dict[str, tuple[Path, object, float]] = {}
        for scene in scenes:
            whole[scene.name] = _undisturbed(scene, Path(made) / scene.name, replica.url)
            say(f"{scene.name}: undisturbed in {whole[scene.name][2]:.1f} s")
        while sum(outcome.kills.values()) < times:
            for scene in scenes:
                pattern, expected, seconds = whole[scene.name]
                with _set_up(scene, pattern) as folder:
                    _kill_thrice(scene, folder, replica.url, seconds, rng, outcome, times)
                    _finish(scene, folder, replica.url, expected, outcome)
                if sum(outcome.kills.values()) >= times:
                    break
            say(f"{sum(outcome.kills.values())} kills: {outcome.faults} faults")
    return outcome


def _undisturbed(scene: Scene, pattern: Path, url: str) -> tuple[Path, object, float]:
    pattern.mkdir()
    scene.set_up(pattern)
    with _set_up(scene, pattern) as folder:
        began = time.monotonic()
        done = subprocess.run(
            scene.command(folder, url),
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{scene.name}: {done.stderr[-2000:]}"
        content = scene.content(folder)
        assert content, f"{scene.name}: there is nothing to compare"
        return pattern, content, time.monotonic() - began


def _kill_thrice(
    scene: Scene,
    folder: Path,
    url: str,
    seconds: float,
    rng: random.Random,
    outcome: Outcome,
    times: int,
) -> None:
    store = folder / "d.sqlite3"
    for _ in range(3):
        if sum(outcome.kills.values()) >= times:
            return
        before = acknowledged(store)
        running = subprocess.Popen(
            scene.command(folder, url),
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(0.15, 1.0) * seconds)
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            outcome.kills[scene.name] += 1
        else:
            outcome.too_late += 1
        running.wait()
        where = f"{scene.name}, kill {sum(outcome.kills.values())}"
        if store.exists() and (verdict := integrity(store)) != "ok":
            outcome.unsound.append(f"{where}: {verdict}")
        after = acknowledged(store)
        outcome.lost += [f"{where}: {one}" for one in set(before) - set(after)]
        outcome.doubled += [f"{where}: {one}" for one, count in Counter(after).items() if count > 1]


def _finish(scene: Scene, folder: Path, url: str, expected: object, outcome: Outcome) -> None:
    done = subprocess.run(
        scene.command(folder, url),
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode != 0:
        outcome.unfinished.append(f"{scene.name}: exit {done.returncode}: {done.stderr[-300:]}")
    elif scene.content(folder) != expected:
        outcome.different.append(scene.name)


def main(arguments: list[str]) -> int:
    """Kill, and print what was lost."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability.kill")
    asked.add_argument("times", nargs="?", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args(arguments)
    outcome = kill_often(
        told.times, seed=told.seed, say=lambda line: print(line, file=sys.stderr, flush=True)
    )
    spread = ", ".join(f"{name} {count}" for name, count in sorted(outcome.kills.items()))
    print(f"{sum(outcome.kills.values())} kills ({spread}; {outcome.too_late} came after the end)")
    print(
        f"acknowledged records lost {len(outcome.lost)}, doubled {len(outcome.doubled)}; stores "
        f"unsound {len(outcome.unsound)}; "
        f"next runs that failed {len(outcome.unfinished)}, that came to other content "
        f"{len(outcome.different)}"
    )
    for line in (
        *outcome.lost,
        *outcome.doubled,
        *outcome.unsound,
        *outcome.unfinished,
        *outcome.different,
    ):
        print(f"  {line}")
    return int(outcome.faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
