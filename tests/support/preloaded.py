"""Processes of the command whose modules are already there: a server imports them once and forks
one process a run.

Every run is a process of its own, with its own folder, environment, streams and end; it shares
nothing with another but what importing gives, and the seed of hashes: where that must differ (the
same bytes twice), run a new interpreter. The server computes nothing itself and has no reactor.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 300
_LATE = (
    "jieba",
    "opencc",
    "pyarrow.parquet",
    "rjieba",
    "ruptures",
    "scipy.cluster.hierarchy",
    "scipy.spatial.distance",
    "scrapy.crawler",
    "sklearn.cluster",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "sqlalchemy.dialects.sqlite",
    "threadpoolctl",
    "xlsxwriter",
)


class Preloaded:
    """The client of one server, which ends with `close`."""

    def __init__(self) -> None:
        around = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._server = subprocess.Popen(
            [sys.executable, __file__],
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], streams: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run `duibiao` with these arguments; what it writes goes to two files in the folder
        `streams` and comes back as text.
        """
        files = [streams / "stdout", streams / "stderr"]
        wanted = {
            "arguments": list(arguments),
            "cwd": str(cwd),
            "env": dict(env),
            "files": [str(file) for file in files],
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(wanted) + "\n")
        self._server.stdin.flush()
        ended = self._server.stdout.readline()
        assert ended, "the server of preloaded commands has ended"
        out, err = (file.read_text(encoding="utf-8") for file in files)
        return subprocess.CompletedProcess(list(arguments), int(ended), out, err)

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait(timeout=60)


def _preload() -> None:
    """Import whatever the command may import. No reactor may come with it: forks would share it."""
    import analysis
    import crawler

    for package in (analysis, crawler):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name != "analysis.cli":  # each process runs it as its main module
                import_module(found.name)
    for name in _LATE:
        import_module(name)
    assert "twisted.internet.reactor" not in sys.modules
    gc.collect()
    gc.freeze()


def _serve() -> list[str] | None:
    """Fork for each line of stdin and write its exit code; in a fork, the arguments to run, at the
    end None.
    """
    warnings.filterwarnings(
        "ignore", "This process .* is multi-threaded", DeprecationWarning
    )  # what threads libraries have, they take up again
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            _become(wanted["cwd"], wanted["env"], wanted["files"])
            return list(wanted["arguments"])
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def _become(cwd: str, env: Mapping[str, str], files: Sequence[str]) -> None:
    """Take this folder, environment and pair of files for stdout and stderr;
    end after LONGEST_S.
    """
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(files, start=1):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)


def _run(arguments: Sequence[str]) -> NoReturn:
    """Run the command as the main module and end as an interpreter does, but that its modules are
    not torn down: with this many, 0.2 s.
    """
    sys.argv = ["duibiao", *arguments]
    code: object = None
    try:
        runpy.run_module("analysis.cli", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    _preload()
    if (arguments := _serve()) is not None:
        _run(arguments)
