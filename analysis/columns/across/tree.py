"""Content columns seen from above: the tree from brands down to articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from analysis.columns.assign import ASSIGNED
from analysis.compute.cache import cached
from analysis.frames import check_frame

__all__ = ["CONTENT_TREE", "build_content_tree"]

CONTENT_TREE = {
    "node_id": "str",
    "parent_id": "str",
    "level": "str",
    "name": "str",
    "kind": "str",
    "n": "int64",
    "share": "float64",
    "article_id": "str",
    "url": "str",
}
UNASSIGNED = "未归栏"
_Leaves = Callable[
    [str, pd.DataFrame], Iterator[dict[str, Any]]
]  # parent, its articles -> their rows


@cached(CONTENT_TREE, {"assigned": ASSIGNED, "accounts": ("brand",)})
def build_content_tree(
    assigned: pd.DataFrame, accounts: pd.DataFrame, *, articles: bool = True
) -> pd.DataFrame:
    """The content tree brand → account → content column → articles as one row per node, parents
    before their children.

    `accounts` gives each account's brand; an account without one stands under its own name. What is
    in no column hangs under 未归栏, with themes (kind theme) as its children. Returns node_id,
    parent_id str (missing for brands); level str: brand, account, column, theme, article; name str;
    kind str of a column; n int64 articles below; share float64 of the parent's; article_id, url str
    of articles, which `articles=False` leaves out. Sorted by size within a parent. Raises
    FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(accounts, {"account_id": "str", "brand": "str"}, name="accounts")
    brands = dict(zip(accounts["account_id"], accounts["brand"], strict=True))
    owners = zip(assigned["account_id"], assigned["account"], strict=True)
    shown: list[str] = [
        str(brands[key]) if isinstance(brands.get(key), str) else str(name) for key, name in owners
    ]
    named = assigned.assign(_brand=shown)
    leaves = _article_rows if articles else _no_rows
    rows = [
        row
        for brand, part in _by_size(named, "_brand")
        for row in _brand_rows(str(brand), part, len(named), leaves)
    ]
    return pd.DataFrame(
        {
            column: pd.Series([row.get(column) for row in rows], dtype=dtype)
            for column, dtype in CONTENT_TREE.items()
        }
    )


def _by_size(frame: pd.DataFrame, column: str) -> list[tuple[Any, pd.DataFrame]]:
    return sorted(frame.groupby(column), key=lambda item: (-len(item[1]), str(item[0])))


def _brand_rows(
    brand: str, part: pd.DataFrame, total: int, leaves: _Leaves
) -> Iterator[dict[str, Any]]:
    key = f"brand:{brand}"
    yield {
        "node_id": key,
        "level": "brand",
        "name": brand,
        "n": len(part),
        "share": len(part) / total,
    }
    for account_id, own in _by_size(part, "account_id"):
        yield {
            "node_id": f"account:{account_id}",
            "parent_id": key,
            "level": "account",
            "name": own["account"].iat[0],
            "n": len(own),
            "share": len(own) / len(part),
        }
        yield from _account_rows(str(account_id), own, leaves)


def _account_rows(account_id: str, own: pd.DataFrame, leaves: _Leaves) -> Iterator[dict[str, Any]]:
    parent, theme = f"account:{account_id}", own["kind"] == "theme"
    for column_id, part in _by_size(own[own["content_column"].notna() & ~theme], "column_id"):
        yield from _column_rows(f"column:{column_id}", parent, "column", part, len(own), leaves)
    rest = own[own["content_column"].isna() | theme]
    if rest.empty:
        return
    loose = f"rest:{account_id}"
    yield {
        "node_id": loose,
        "parent_id": parent,
        "level": "column",
        "name": UNASSIGNED,
        "n": len(rest),
        "share": len(rest) / len(own),
    }
    for column_id, part in _by_size(rest[rest["kind"] == "theme"], "column_id"):
        yield from _column_rows(f"theme:{column_id}", loose, "theme", part, len(rest), leaves)
    yield from leaves(loose, rest[rest["content_column"].isna()])


def _column_rows(
    key: str, parent: str, level: str, part: pd.DataFrame, total: int, leaves: _Leaves
) -> Iterator[dict[str, Any]]:
    yield {
        "node_id": key,
        "parent_id": parent,
        "level": level,
        "name": part["content_column"].iat[0],
        "kind": part["kind"].iat[0],
        "n": len(part),
        "share": len(part) / total,
    }
    yield from leaves(key, part)


def _no_rows(parent: str, part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    return iter(())


def _article_rows(parent: str, part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in part.sort_values(["published_at", "article_id"], ascending=[False, True]).to_dict(
        "records"
    ):
        title, url = (row[key] if isinstance(row[key], str) else None for key in ("title", "url"))
        yield {
            "node_id": f"article:{row['article_id']}",
            "parent_id": parent,
            "level": "article",
            "name": title or "",
            "n": 1,
            "share": 1 / len(part),
            "article_id": row["article_id"],
            "url": url,
        }
