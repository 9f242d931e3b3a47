"""Files as people import them: a table of any length, pages as a browser saves them."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from pathlib import Path

from crawler.replica.content import load_sample_content, read_sample, sample_page
from tests.support.places import ROOT

__all__ = ["save_pages", "save_table"]

_DAY_S = 86400


def save_table(path: Path, rows: int, *, account: int = 1) -> Path:
    """A table of one account's articles: a push of two a day, or more often, so that two years hold
    them all.
    """
    step = min(_DAY_S, 700 * _DAY_S * 2 // rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["公众号", "biz", "mid", "位置", "标题", "发布时间", "阅读"])
        for n in range(rows):
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + n // 2 * step))
            lines.writerow(
                [
                    f"第{account}家",
                    f"MzkwMDAwMDAw{account:02d}==",
                    2_650_000_000 + n // 2,
                    n % 2 + 1,
                    f"【第{n % 7}栏】收纳{n}",
                    at,
                    n,
                ]
            )
    return path


def save_pages(folder: Path, *, accounts: int, pages: int) -> Path:
    """The first pages of some of the sample's accounts, as a browser saves them."""
    sample = ROOT / "data" / "sample"
    owners = {
        account["key"]: account
        for account in json.loads((sample / "accounts.json").read_text(encoding="utf-8"))[:accounts]
    }
    content = load_sample_content(sample)
    folder.mkdir()
    saved: Counter[str] = Counter()
    for row in read_sample(sample):
        if row["account"] in owners and saved[row["account"]] < pages:
            saved[row["account"]] += 1
            url = f"https://mp.weixin.qq.com/s/{row['token']}"
            page = f"<!-- saved from url=({len(url):04d}){url} -->\n".encode() + sample_page(
                row, owners[row["account"]], content
            )
            (folder / f"{row['account']}-{row['mid']}-{row['idx']}.html").write_bytes(page)
    return folder
