"""Content columns of several accounts -> which are of one kind (column types), each with the
evidence: name, wording, purpose.

Words that tell a kind by a column's name are data (lexicons/column_kinds.txt); what its articles
are about and for comes from the same weights as elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from analysis.columns.assign import ASSIGNED
from analysis.columns.name_words import describe_name, load_words
from analysis.columns.reuse import event_key, is_conference
from analysis.compute.cache import cached, cached_by_account
from analysis.content.purpose import PURPOSES, soften
from analysis.content.purpose_model import load_model
from analysis.frames import check_frame, fill_column
from analysis.text.lexicon import Lexicon, shipped_rules
from analysis.text.normalize import normalize_key, normalize_title, simplify
from analysis.text.tokens import cut_folded
from analysis.text.word_vectors import embed_titles, unit_rows

__all__ = ["COLUMNS_READ", "COLUMN_TYPES", "match_columns", "read_columns", "tell_kind"]

COLUMN_TYPES = {
    "type_id": "int64",
    "column_type": "str",
    "account_id": "str",
    "account": "str",
    "content_column": "str",
    "column_id": "str",
    "n": "int64",
    "evidence": "str",
    "matched_with": "str",
    "name_similarity": "float64",
    "content_similarity": "float64",
    "purpose_similarity": "float64",
}
COLUMNS_READ = {
    "account_id": "str",
    "account": "str",
    "column_id": "str",
    "content_column": "str",
    "folded": "str",
    "n": "int64",
    "person": "bool",
    "read": "int64",
    "subject": "object",
    "purposes": "object",
}
_CONTENT, _PURPOSE = (
    0.8,
    0.75,
)  # from which two columns without a kind's words in their names are of one kind
_CONFERENCE, _TITLES = "会议", 12  # the kind of all conferences; titles that tell one
_LEAST = 4  # different titles of a column that is matched by what it writes
# Chinese ones, of a title without the column's name: subject and purpose are read from no others
_LEAST_LETTERS = 4
_HAN = re.compile(r"[\u3400-\u9fff]")
_FORMS = frozenset(
    ["转载", "原创", "推广", "视频", "音频", "图集", "关注", "重点关注", "今日关注"]
)  # say where from, how shown or that it matters, not what for
_FLOOR = 0.02  # added to the share of each purpose, so that none is impossible

Floats = npt.NDArray[np.float64]


@cache
def _kind_words() -> tuple[tuple[str, str], ...]:
    """(word, kind), longest first."""
    text = (resources.files("analysis") / "lexicons" / "column_kinds.txt").read_text(
        encoding="utf-8"
    )
    lines = (
        line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
    return tuple(
        sorted(
            ((normalize_key(word), kind) for kind, *words in lines for word in words),
            key=lambda pair: (-len(pair[0]), pair),
        )
    )


def tell_kind(name: str) -> str | None:
    """The kind that a column's name tells by its words: the longest word in it, of two the later
    one; None where there is none.
    """
    folded = normalize_key(simplify(name))
    for paper in sorted(
        load_words("media"), key=len, reverse=True
    ):  # 人民日报看长沙 is no daily of this account's
        folded = folded.replace(paper, "|")
    matches = [
        (len(word), folded.rfind(word), kind) for word, kind in _kind_words() if word in folded
    ]
    return max(matches)[2] if matches else None


def _kinds(columns: pd.DataFrame, assigned: pd.DataFrame) -> list[str | None]:
    """The kind of each column: what its name's words tell, else 会议 for a conference's."""
    shown = assigned.dropna(subset=["title"]).groupby("column_id").tail(_TITLES)
    titles = shown.groupby("column_id")["title"].agg(list)
    return [
        tell_kind(folded) or (_CONFERENCE if is_conference(name, titles.get(key, [])) else None)
        for folded, name, key in zip(
            columns["folded"], columns["content_column"], columns["column_id"], strict=True
        )
    ]


@cached(COLUMN_TYPES, {"assigned": ("content_column", "column_id", "kind", "title")})
def match_columns(assigned: pd.DataFrame) -> pd.DataFrame:
    """Columns of the same kind at different accounts (column types), with the evidence.

    Of one kind are columns with the same folded name, years and numbers of events aside, and
    conferences of any name; with words for the same kind in their names (问答, 答疑); and, where at
    most one of the two has such words, columns of four different titles and more that are each
    other's most alike in subject and purpose, with at least 0.8 and 0.75.
    Subject is the cosine of mean word vectors of the titles without the name, purpose that of log
    shares of eleven purposes, both against the mean of all columns given. Returns one row per
    column that has a match: type_id int64 by size; column_type str, the kind, or the commonest name
    where no name tells one; account_id, account, content_column, column_id str; n int64; evidence
    str (同名, 名称 or 内容); matched_with str, the most alike of its type as account：column;
    name_similarity (cosine of character 1- and 2-grams), content_similarity, purpose_similarity
    float64 with that one, -1 to 1. Sorted by type_id, n. Raises FrameError.
    """
    columns = read_columns(assigned).sort_values("column_id", ignore_index=True)
    owners = columns["account_id"].to_numpy(dtype=object)
    if len(set(owners)) < 2:
        return _typed([])
    similarity = _compare(columns)
    kinds = _kinds(columns, assigned)
    apart = owners[:, None] != owners[None, :]
    names = [event_key(name) for name in columns["folded"]]
    links = [
        *_same_names(names, apart),
        *_same_kinds(kinds, apart),
        *_same_content(columns, kinds, similarity, apart),
    ]
    return _typed(list(_type_rows(columns, kinds, similarity, apart, links)))


@cached_by_account(COLUMNS_READ, {"assigned": ("content_column", "column_id", "kind", "title")})
def read_columns(assigned: pd.DataFrame) -> pd.DataFrame:
    """What each content column (no theme) is about and for, read from its titles without its name.

    Returns one row per column: account_id, account, column_id, content_column, folded str; n int64
    articles; person bool, whether its name is a person's; read int64 different titles that say
    something; subject, list of the mean word vector; purposes, list of the mean share of each
    purpose. Sorted by account, account_id, column_id. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    placed = assigned.dropna(subset=["content_column"])
    model, lexicon = load_model(), Lexicon(shipped_rules("purpose.txt", PURPOSES))
    rows = []
    for (account, account_id, column_id), part in placed[placed["kind"] != "theme"].groupby(
        ["account", "account_id", "column_id"]
    ):
        shown = str(part["content_column"].iat[0])
        folded = normalize_key(shown)
        titles = _read_titles(part, folded)
        shares = soften(
            model.score(lexicon.read_titles([normalize_title(text) for text in titles or [""]])),
            model.sharpness,
        )
        rows.append(
            {
                "account_id": account_id,
                "account": account,
                "column_id": column_id,
                "content_column": shown,
                "folded": folded,
                "n": len(part),
                "person": bool(describe_name(folded, "")["person"]),
                "read": len(titles),
                "subject": embed_titles([cut_folded(text) for text in titles or [""]])
                .mean(axis=0)
                .tolist(),
                "purposes": shares.mean(axis=0).tolist(),
            }
        )
    return pd.DataFrame(
        {
            column: fill_column([row[column] for row in rows], dtype)
            for column, dtype in COLUMNS_READ.items()
        }
    )


@dataclass(frozen=True, slots=True)
class _Similarity:
    """Every two columns compared, by name, subject and purpose."""

    name: Floats
    content: Floats
    purpose: Floats


def _compare(columns: pd.DataFrame) -> _Similarity:
    from sklearn.feature_extraction.text import (
        TfidfVectorizer,
    )  # here, as it takes a second to import and is needed for what is not kept only

    letters = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), use_idf=False, norm="l2"
    ).fit_transform(columns["folded"])
    subjects, purposes = (np.array(columns[name].tolist()) for name in ("subject", "purposes"))
    return _Similarity(
        np.asarray((letters @ letters.T).todense()),
        _cosines(subjects.astype(np.float32)),
        _cosines(np.log(purposes + _FLOOR)),
    )


def _read_titles(part: pd.DataFrame, name: str) -> list[str]:
    """A column's different titles without its name; those that say little else are left out."""
    titles = (normalize_key(title).replace(name, " ") for title in part["title"].dropna().unique())
    return sorted({text for text in titles if len(_HAN.findall(text)) >= _LEAST_LETTERS})


def _cosines(values: npt.NDArray[Any]) -> Floats:
    unit = unit_rows((values - values.mean(axis=0)).astype(np.float32))
    return np.asarray(unit @ unit.T, dtype=np.float64)


def _same_names(names: Sequence[str], apart: npt.NDArray[np.bool_]) -> list[tuple[int, int, str]]:
    calls = load_words("column_not") | _FORMS
    return [(i, j, "同名") for i, j in _pairs(names, apart) if names[i] not in calls]


def _same_kinds(
    kinds: Sequence[str | None], apart: npt.NDArray[np.bool_]
) -> list[tuple[int, int, str]]:
    return [(i, j, "名称") for i, j in _pairs(kinds, apart)]


def _pairs(values: Sequence[str | None], apart: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Every two places with the same value at different accounts, missing ones left out."""
    places: dict[str, list[int]] = {}
    for i, value in enumerate(values):
        if value is not None:
            places.setdefault(value, []).append(i)
    return (
        (i, j)
        for columns_there in places.values()
        for i, j in combinations(columns_there, 2)
        if apart[i, j]
    )


def _same_content(
    columns: pd.DataFrame,
    kinds: Sequence[str | None],
    similarity: _Similarity,
    apart: npt.NDArray[np.bool_],
) -> list[tuple[int, int, str]]:
    """Pairs that are each other's most alike among the columns they may be matched with, and alike
    enough.
    """
    named = np.array([kind is not None for kind in kinds])
    enough = (
        (columns["read"] >= _LEAST) & ~columns["person"]
    ).to_numpy()  # an author's column is like no other's
    both = np.where(
        apart & ~(named[:, None] & named) & enough[:, None] & enough,
        similarity.content + similarity.purpose,
        -np.inf,
    )
    best = both.argmax(axis=1)
    return [
        (i, int(j), "内容")
        for i, j in enumerate(best)
        if i < j
        and best[j] == i
        and both[i, j] > -np.inf
        and similarity.content[i, j] >= _CONTENT
        and similarity.purpose[i, j] >= _PURPOSE
    ]


def _type_rows(
    columns: pd.DataFrame,
    kinds: Sequence[str | None],
    similarity: _Similarity,
    apart: npt.NDArray[np.bool_],
    links: Sequence[tuple[int, int, str]],
) -> Iterator[dict[str, Any]]:
    from scipy.sparse.csgraph import (
        connected_components,
    )  # 0.2 s to load, and needed for what is not kept only

    evidence = {frozenset((i, j)): why for i, j, why in reversed(links)}  # the strongest stays
    rows = [i for i, _, _ in links] + [j for _, j, _ in links]
    whole = csr_matrix(
        (np.ones(len(links)), ([i for i, _, _ in links], [j for _, j, _ in links])),
        shape=(len(columns), len(columns)),
    )
    _, group = connected_components(whole, directed=False)
    types = [
        [i for i in sorted(set(rows)) if group[i] == number]
        for number in sorted({group[i] for i in rows})
    ]
    records, names = columns.to_dict("records"), columns["folded"].to_numpy(dtype=str)
    together = similarity.content + similarity.purpose + np.equal.outer(names, names) * 2
    for number, members in enumerate(
        sorted(types, key=lambda members: _type_order(records, members)), 1
    ):
        linked = {i: [j for j in members if frozenset((i, j)) in evidence] for i in members}
        for i in members:
            j = max(linked[i], key=lambda j: (together[i, j], -j))
            yield {
                key: records[i][key]
                for key in ("account_id", "account", "content_column", "column_id", "n")
            } | {
                "type_id": number,
                "column_type": _name_type(
                    [kinds[m] for m in members], [records[m]["content_column"] for m in members]
                ),
                "evidence": evidence[frozenset((i, j))],
                "matched_with": f"{records[j]['account']}：{records[j]['content_column']}",
                "name_similarity": similarity.name[i, j],
                "content_similarity": similarity.content[i, j],
                "purpose_similarity": similarity.purpose[i, j],
            }


def _type_order(rows: Sequence[dict[Any, Any]], members: Sequence[int]) -> tuple[int, int, str]:
    """Types of most columns first, then of most articles."""
    return (
        -len(members),
        -sum(rows[i]["n"] for i in members),
        min(rows[i]["column_id"] for i in members),
    )


def _name_type(kinds: Sequence[str | None], shown: Sequence[str]) -> str:
    """One name for all where they have one; else the kind most names tell; else the commonest, then
    shortest name.
    """
    counts = Counter(kind for kind in kinds if kind is not None)
    if counts and len(set(map(normalize_key, shown))) > 1:
        return min(counts, key=lambda kind: (-counts[kind], kind))
    return min(shown, key=lambda text: (-shown.count(text), len(text), text))


def _typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in COLUMN_TYPES.items()
        }
    )
    return frame.sort_values(
        ["type_id", "n", "account", "content_column"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )
