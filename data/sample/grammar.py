"""Write the sample: articles.jsonl.gz, accounts.json and truth.json. Same plan, frames and seed,
same content.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from accounts import describe_accounts
from articles import generate
from plan import Row, load_plan
from truth import describe_truth
from words import load_frames

__all__ = ["main", "save_sample"]

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, write the files, say on stderr how many articles each account has."""
    parser = argparse.ArgumentParser(
        description="Write the sample: articles.jsonl.gz, accounts.json, truth.json."
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=HERE,
        metavar="DIR",
        help="write the three files here (default: beside this script)",
    )
    counts = Counter(row["account"] for row in save_sample(parser.parse_args(arguments).out))
    print(json.dumps(counts, sort_keys=True), file=sys.stderr)


def save_sample(folder: Path) -> list[Row]:
    """Write the three files into the folder, made if missing, and return the articles."""
    plan = load_plan()
    accounts, rows = generate(plan, load_frames())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "articles.jsonl.gz").write_bytes(pack_articles(rows))
    save_json(folder / "accounts.json", describe_accounts(accounts, plan["brands"]))
    save_json(folder / "truth.json", describe_truth(plan, accounts, rows))
    return rows


def pack_articles(rows: Sequence[Row]) -> bytes:
    """The articles as gzipped JSON lines, without what only the truth may say."""
    shown = ({k: v for k, v in row.items() if k not in ("purpose", "marked")} for row in rows)
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in shown)
    return gzip.compress("".join(lines).encode(), 9, mtime=0)


def save_json(path: Path, value: Row | list[Row]) -> None:
    """Write one JSON file, keys sorted, with the same line ends everywhere."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
