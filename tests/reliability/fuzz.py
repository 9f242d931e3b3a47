"""Mutated real inputs against the parsers: no uncaught exception, nothing a store can't hold, no
input that takes more than two seconds.

python -m tests.reliability.fuzz [page|listing|archives|recordings|styles|tools …] [--runs 100000]
[--seed 1] [--keep FOLDER]

Each parser runs in a process of its own, so that a crash of the C code, or a loop in it, is that
input's and is told. An input that broke something is written to FOLDER as it was and again cut down
to what breaks.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.layout.body.profile import measure_page, measure_style
from crawler.batch import take_page
from crawler.files import ArchiveError, Document, list_documents
from crawler.formats.detect import Options, find_reader
from crawler.store.schema import accounts, albums, articles
from crawler.wechat.listing import ListingError, parse_album_json, parse_album_page
from crawler.wechat.page import PageError, parse_page
from tests.reliability.mutating import mutate
from tests.reliability.seeds import FOUND, SEEDS

__all__ = ["PARSERS", "Finding", "Result", "fuzz", "fuzz_here"]

SLOW_S = 2.0
_HANGS_S = 20  # of CPU; the process is then ended from outside
_MEMORY = 3 * 1024**3
_WIDTHS = {
    column.name: column.type.length
    for table in (accounts, articles, albums)
    for column in table.columns
    if getattr(column.type, "length", None)
}


class Unstorable(AssertionError):
    """A parser gave what no store can hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One input that broke something: its number, what happened, and the input."""

    number: int
    what: str
    raw: bytes


@dataclass(slots=True)
class Result:
    """What became of many runs of one parser."""

    parser: str
    runs: int = 0
    told: Counter[str] = field(
        default_factory=Counter
    )  # "read", or the class of the expected error
    findings: list[Finding] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest: int = 0
    seconds: float = 0.0


def read_page(raw: bytes) -> Iterator[Any]:
    """page.py, and what intake makes of it."""
    page = parse_page(raw)
    yield page
    yield from take_page(raw).sightings


def read_listing(raw: bytes) -> Iterator[Any]:
    """listing.py, by what the bytes look like."""
    yield parse_album_json(raw) if raw.lstrip()[:1] in (b"{", b"[") else parse_album_page(raw)


def read_archive(raw: bytes) -> Iterator[Any]:
    """archives.py: find the reader, read to the end; the guard of importing.py is
    not in between.
    """
    document = Document("fuzz", data=raw)
    for batch in find_reader(document).read(document, Options()):
        yield from batch.sightings
        yield batch.albums, batch.accounts


def read_recording(raw: bytes) -> Iterator[Any]:
    """recordings/, and the ZIPs that WACZ are, which are opened by their path."""
    if not raw.startswith(b"PK"):
        yield from read_archive(raw)
        return
    with tempfile.NamedTemporaryFile(suffix=".wacz") as file:
        file.write(raw)
        file.flush()
        for document in list_documents(Path(file.name)):
            for batch in find_reader(document).read(document, Options()):
                yield from batch.sightings


def read_style(raw: bytes) -> Iterator[Any]:
    """styles.py, as a body or as a page."""
    yield (
        measure_page(raw)
        if b"<html" in raw[:2000] or b"<body" in raw[:2000]
        else measure_style(raw.decode("utf-8", "replace"))
    )


PARSERS: dict[str, tuple[Callable[[bytes], Iterable[Any]], tuple[type[Exception], ...]]] = {
    "page": (read_page, (PageError, ListingError)),
    "listing": (read_listing, (ListingError,)),
    "archives": (read_archive, (ArchiveError,)),
    "recordings": (read_recording, (ArchiveError,)),
    "styles": (read_style, ()),
    "tools": (read_archive, (ArchiveError,)),
}


def check_storable(value: Any, name: str = "") -> None:
    """Raises Unstorable: text with lone surrogates or NULs, or wider than its column in the store.
    Links that are read again later may hold anything.
    """
    # a body is stored as bytes, with what is no text replaced
    if name in ("neighbours", "body", "raw"):
        return
    if isinstance(value, str):
        _check_text(value, name)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            check_storable(getattr(value, each.name), each.name)
    elif isinstance(value, dict):
        for key, each in value.items():
            check_storable(key, name)
            check_storable(each, name)
    elif isinstance(value, list | tuple):
        for each in value:
            check_storable(each, name)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise Unstorable(f"{name} is {str(value)[:30]}…")


def _check_text(value: str, name: str) -> None:
    if "\0" in value:
        raise Unstorable(f"NUL in {name}")
    if len(value) > _WIDTHS.get(name, 1 << 30):
        raise Unstorable(f"{name} has {len(value)} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unstorable(f"lone surrogate in {name}") from None


def try_one(parser: str, raw: bytes) -> tuple[str, float]:
    """("read" or the expected error's name or "! …" for a finding, CPU seconds)."""
    read, expected = PARSERS[parser]
    began = time.process_time()
    try:
        check_storable(list(read(raw)))
        told = "read"
    except expected as error:
        told = type(error).__name__
    except Exception as error:
        told = f"! {type(error).__name__}: {str(error)[:120]} at {_place(error)}"
    took = time.process_time() - began
    return (f"! took {took:.1f} s of CPU" if took > SLOW_S else told), took


def _place(error: BaseException) -> str:
    trace, at = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        at = (
            f"{Path(code.co_filename).name}:{trace.tb_lineno}"
            if "/tests/" not in code.co_filename or not at
            else at
        )
        trace = trace.tb_next
    return at


def mutant(seeds: list[bytes], parser: str, seed: int, number: int) -> bytes:
    """The input of one run: the seeds first as they are, then broken ones."""
    return (
        seeds[number]
        if number < len(seeds)
        else mutate(seeds, random.Random(f"{parser} {seed} {number}"))
    )


def load_seeds(parser: str) -> list[bytes]:
    """What once broke this parser, then what it reads."""
    return [path.read_bytes() for path in sorted((FOUND / parser).glob("*"))] + list(
        SEEDS[parser]()
    )


def fuzz_here(
    parser: str, runs: Iterable[int], *, seed: int = 1, note: Callable[[int], None] = lambda _: None
) -> Result:
    """The runs with these numbers, in this process; `note` is told each number before
    it is tried.
    """
    seeds, result, began = load_seeds(parser), Result(parser), time.monotonic()
    for number in runs:
        note(number)
        raw = mutant(seeds, parser, seed, number)
        told, took = try_one(parser, raw)
        result.runs += 1
        result.told[told if not told.startswith("!") else "broken"] += 1
        if told.startswith("!"):
            result.findings.append(Finding(number, told[2:], raw))
        if took > result.slowest_s:
            result.slowest_s, result.slowest = took, number
    result.seconds = time.monotonic() - began
    return result


def _child(parser: str, first: int, last: int, seed: int, progress: int, answer: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)  # ends the process even inside C code

    def note(number: int) -> None:
        os.pwrite(progress, struct.pack("q", number), 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, _HANGS_S)

    answer.send(fuzz_here(parser, range(first, last), seed=seed, note=note))


def fuzz(parser: str, runs: int, *, seed: int = 1) -> Result:
    """All runs of one parser, in processes of their own: one that dies is a finding, and the next
    one goes on behind it.
    """
    whole, first = Result(parser), 0
    seeds = load_seeds(parser)
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryFile() as progress:
        os.set_inheritable(progress.fileno(), True)
        while first < runs:
            last = min(
                runs, first + 5000
            )  # a fresh process now and then: what a parser leaks is no other run's
            ours, theirs = context.Pipe(duplex=False)
            child = context.Process(
                target=_child, args=(parser, first, last, seed, progress.fileno(), theirs)
            )
            child.start()
            theirs.close()
            try:
                part: Result = ours.recv()
                first = last
            except EOFError:
                child.join()
                (number,) = struct.unpack("q", os.pread(progress.fileno(), 8, 0))
                what = (
                    f"took more than {_HANGS_S} s of CPU"
                    if child.exitcode == -signal.SIGVTALRM
                    else f"the process died ({child.exitcode})"
                )
                part = Result(
                    parser,
                    number - first + 1,
                    Counter(broken=1),
                    [Finding(number, what, mutant(seeds, parser, seed, number))],
                )
                first = number + 1
            child.join()
            _add(whole, part)
    return whole


def _add(whole: Result, part: Result) -> None:
    whole.runs += part.runs
    whole.told += part.told
    whole.findings += part.findings
    whole.seconds += part.seconds
    if part.slowest_s > whole.slowest_s:
        whole.slowest_s, whole.slowest = part.slowest_s, part.slowest


def shrink(raw: bytes, breaks: Callable[[bytes], bool]) -> bytes:
    """A smaller input that still breaks: pieces are left out while it does, halves first."""
    size = max(len(raw) // 2, 1)
    while size >= 1:
        at = 0
        while at < len(raw):
            shorter = raw[:at] + raw[at + size :]
            if shorter != raw and breaks(shorter):
                raw = shorter
            else:
                at += size
        size //= 2
    return raw


def keep(finding: Finding, parser: str, folder: Path) -> None:
    """Write the input, and the least of it that fails alike."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{parser}-{finding.number}.raw").write_bytes(finding.raw)
    if "died" in finding.what or "took" in finding.what:
        return
    alike = finding.what.split(":")[0]
    small = shrink(finding.raw, lambda raw: try_one(parser, raw)[0].startswith(f"! {alike}"))
    (folder / f"{parser}-{finding.number}.small").write_bytes(small)


def main(arguments: list[str]) -> int:
    """Run, print one line a parser, and fail where anything was found."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability.fuzz")
    asked.add_argument("parsers", nargs="*", metavar="|".join(PARSERS))
    asked.add_argument("--runs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "duibiao-fuzz")
    told = asked.parse_args(arguments)
    if unknown := set(told.parsers) - PARSERS.keys():
        asked.error(f"no such parser: {', '.join(sorted(unknown))}")
    broken = 0
    for parser in told.parsers or PARSERS:
        result = fuzz(parser, told.runs, seed=told.seed)
        broken += len(result.findings)
        outcome = ", ".join(f"{name} {count}" for name, count in result.told.most_common())
        pace = (
            f"{result.runs / max(result.seconds, 1e-9):.0f}/s, slowest "
            f"{result.slowest_s * 1000:.0f} ms (run {result.slowest})"
        )
        print(
            f"{parser:9} {result.runs} runs, {len(result.findings)} broken; {outcome}; {pace}",
            flush=True,
        )
        for what, count in Counter(finding.what for finding in result.findings).most_common(20):
            first = next(finding for finding in result.findings if finding.what == what)
            print(f"    {count} × {what} (first: run {first.number})", flush=True)
            keep(first, parser, told.keep)
    if broken:
        print(f"the inputs are in {told.keep}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
