"""Content columns seen from above: the tree from brands down to articles, and columns of the same kind at several accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from analysis.content_columns import ASSIGNED
from analysis.frames import check_frame
from analysis.marks import fold_text

__all__ = ["COLUMN_TYPES", "CONTENT_TREE", "build_content_tree", "match_columns"]

CONTENT_TREE = {
    "node_id": "str", "parent_id": "str", "level": "str", "name": "str", "kind": "str", "n": "int64", "share": "float64", "article_id": "str", "url": "str",
}  # fmt: skip
COLUMN_TYPES = {
    "type_id": "int64", "column_type": "str", "account_id": "str", "account": "str", "content_column": "str", "column_id": "str", "n": "int64",
    "matched_with": "str", "name_similarity": "float64", "content_similarity": "float64",
}  # fmt: skip
UNASSIGNED = "未归栏"
_Leaves = Callable[[str, pd.DataFrame], Iterator[dict[str, Any]]]  # parent, its articles -> their rows
_ALIKE = 0.45  # of the mean of both similarities


def build_content_tree(assigned: pd.DataFrame, accounts: pd.DataFrame, *, articles: bool = True) -> pd.DataFrame:
    """The content tree brand → account → content column → articles as one row per node, parents before their children.

    `accounts` gives each account's brand; an account without one stands under its own name. What is in no column hangs under 未归栏,
    with themes (kind theme) as its children. Returns node_id, parent_id str (missing for brands); level str: brand, account, column,
    theme, article; name str; kind str of a column; n int64 articles below; share float64 of the parent's; article_id, url str of
    articles, which `articles=False` leaves out. Sorted by size within a parent. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(accounts, {"account_id": "str", "brand": "str"}, name="accounts")
    brands = dict(zip(accounts["account_id"], accounts["brand"], strict=True))
    owners = zip(assigned["account_id"], assigned["account"], strict=True)
    shown: list[str] = [str(brands[key]) if isinstance(brands.get(key), str) else str(name) for key, name in owners]
    named = assigned.assign(_brand=shown)
    leaves = _article_rows if articles else _no_rows
    rows = [row for brand, part in _by_size(named, "_brand") for row in _brand_rows(str(brand), part, len(named), leaves)]
    return pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=dtype) for column, dtype in CONTENT_TREE.items()})


def _by_size(frame: pd.DataFrame, column: str) -> list[tuple[Any, pd.DataFrame]]:
    return sorted(frame.groupby(column), key=lambda item: (-len(item[1]), str(item[0])))


def _brand_rows(brand: str, part: pd.DataFrame, total: int, leaves: _Leaves) -> Iterator[dict[str, Any]]:
    key = f"brand:{brand}"
    yield {"node_id": key, "level": "brand", "name": brand, "n": len(part), "share": len(part) / total}
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
    yield {"node_id": loose, "parent_id": parent, "level": "column", "name": UNASSIGNED, "n": len(rest), "share": len(rest) / len(own)}
    for column_id, part in _by_size(rest[rest["kind"] == "theme"], "column_id"):
        yield from _column_rows(f"theme:{column_id}", loose, "theme", part, len(rest), leaves)
    yield from leaves(loose, rest[rest["content_column"].isna()])


def _column_rows(key: str, parent: str, level: str, part: pd.DataFrame, total: int, leaves: _Leaves) -> Iterator[dict[str, Any]]:
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
    for row in part.sort_values(["published_at", "article_id"], ascending=[False, True]).to_dict("records"):
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


def match_columns(assigned: pd.DataFrame, *, alike: float = _ALIKE) -> pd.DataFrame:
    """Columns of the same kind at different accounts (column types), with the evidence.

    Two columns of different accounts match when the mean of how alike their names are (cosine of character 1- and 2-grams) and how
    alike their titles are without the name (cosine of summed TF-IDF character 2-grams) is at least `alike`, or their folded names are the
    same; types are what hangs together that way, each column joined to its best match. Returns one row per column that has a match:
    type_id int64 by size; column_type str, the commonest name; account_id, account, content_column, column_id str; n int64; matched_with
    str, its best match as account：column; name_similarity, content_similarity float64 with that one. Sorted by type_id, n. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    held = assigned.dropna(subset=["content_column"])
    columns = [part for _, part in sorted(held[held["kind"] != "theme"].groupby("column_id"))]
    if len({part["account_id"].iat[0] for part in columns}) < 2:
        return _typed([])
    names = [fold_text(str(part["content_column"].iat[0])) for part in columns]
    by_name, by_content = _compare_names(names), _compare_titles(columns, names)
    owners = np.array([part["account_id"].iat[0] for part in columns])
    together = (by_name + by_content) / 2
    together[np.equal.outer(np.array(names), np.array(names))] += 1  # the same name is the same kind
    together[np.equal.outer(owners, owners)] = 0
    best = together.argmax(axis=1)
    linked = [(i, int(best[i])) for i in range(len(columns)) if together[i, best[i]] >= alike]
    return _typed(list(_type_rows(columns, linked, by_name, by_content)))


def _compare_names(names: Sequence[str]) -> np.ndarray[Any, Any]:
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), use_idf=False, norm="l2").fit_transform(names)
    return np.asarray((vectors @ vectors.T).todense())


def _compare_titles(columns: Sequence[pd.DataFrame], names: Sequence[str]) -> np.ndarray[Any, Any]:
    titles = [fold_text(title).replace(name, " ") for part, name in zip(columns, names, strict=True) for title in part["title"].dropna()]
    owner = [at for at, part in enumerate(columns) for _ in part["title"].dropna()]
    if not any(title.strip() for title in titles):
        return np.zeros((len(columns), len(columns)))
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit_transform(titles)
    gather = csr_matrix((np.ones(len(owner)), (owner, range(len(owner)))), shape=(len(columns), len(owner)))
    summed = normalize(hstack([gather @ vectors]).tocsr())
    return np.asarray((summed @ summed.T).todense())


def _type_rows(
    columns: Sequence[pd.DataFrame], linked: Sequence[tuple[int, int]], by_name: np.ndarray[Any, Any], by_content: np.ndarray[Any, Any]
) -> Iterator[dict[str, Any]]:
    group = {i: i for pair in linked for i in pair}

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for first, second in linked:
        low, high = sorted((root(first), root(second)))
        group[high] = low
    best = dict(linked) | {second: first for first, second in linked if second not in dict(linked)}
    types: dict[int, list[int]] = {}
    for i in sorted(group):
        types.setdefault(root(i), []).append(i)
    named = sorted((_type_order(columns, members) for members in types.values()), key=lambda named: named[:3])
    for number, (_, _, name, members) in enumerate(named, 1):
        for i in members:
            part, other = columns[i].iloc[0], columns[best[i]].iloc[0]
            row = {key: part[key] for key in ("account_id", "account", "content_column", "column_id")}
            matched = f"{other['account']}：{other['content_column']}"
            yield row | {
                "type_id": number,
                "column_type": name,
                "n": len(columns[i]),
                "matched_with": matched,
                "name_similarity": by_name[i, best[i]],
                "content_similarity": by_content[i, best[i]],
            }


def _type_order(columns: Sequence[pd.DataFrame], members: list[int]) -> tuple[int, int, str, list[int]]:
    """What types are sorted by: columns, articles, both most first, and the commonest, then shortest name."""
    shown = [str(columns[i]["content_column"].iat[0]) for i in members]
    name = min(shown, key=lambda text: (-shown.count(text), len(text), text))
    return -len(members), -sum(len(columns[i]) for i in members), name, members


def _typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in COLUMN_TYPES.items()})
    return frame.sort_values(["type_id", "n", "account", "content_column"], ascending=[True, False, True, True], ignore_index=True)
