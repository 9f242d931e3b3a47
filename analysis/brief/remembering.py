"""What a brief is made from and need not be made twice: purposes and title features by account, charts by their specification."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pandas as pd

from analysis.charts.base import remember_charts
from analysis.kept import Kept, key_accounts, key_of_code
from analysis.purpose import ASSIGNED, assign_purposes
from analysis.titles import TITLES, describe_titles

__all__ = ["kept_charts", "load_purposes", "load_titles"]

_PURPOSES_BY = ("purpose.py", "purpose_model.py", "lexicon.py", "tokens.py", "lexicons/purpose*")
_TITLES_BY = ("titles.py", "lexicon.py", "tokens.py", "lexicons/titles.txt", "lexicons/words.txt")
_SAID = ("article_id", "account_id", "account", "published_at", "title", "url")
_MOST_CHARTS = 500  # some 4 MB: the briefs of 24 accounts over three or four windows


def load_purposes(kept: Kept, articles: pd.DataFrame, *, window: bool = False, whole: bool = True) -> pd.DataFrame:
    """purpose.assign_purposes of the articles, worked out only for accounts of which something is new.

    `window` says that these are not all articles of their accounts: they are kept apart, so that briefs of a year and of everything don't
    drive each other out. `whole` as in Kept.by_account. Raises FrameError.
    """
    return _load(kept, "purposes", _PURPOSES_BY, articles, ("title", "digest"), assign_purposes, ASSIGNED, window=window, whole=whole)


def load_titles(kept: Kept, articles: pd.DataFrame, *, window: bool = False, whole: bool = True) -> pd.DataFrame:
    """titles.describe_titles of the articles, worked out only for accounts of which something is new; as load_purposes. Raises FrameError."""
    titled = articles[articles["title"].notna()]
    read = ("title", "kind", "original", "published_at")
    return _load(kept, "titles", _TITLES_BY, titled, read, describe_titles, TITLES, window=window, whole=whole)


def _load(
    kept: Kept, name: str, made_by: Sequence[str], articles: pd.DataFrame, read: Sequence[str], make: Callable[[pd.DataFrame], pd.DataFrame],
    contract: Mapping[str, str], *, window: bool, whole: bool,
) -> pd.DataFrame:  # fmt: skip
    """`make` of the articles, kept by account; what the articles say of themselves is taken from them, not kept."""
    found = [column for column in contract if column not in articles]

    def make_some(wanted: set[str]) -> pd.DataFrame:
        made = make(articles[articles["account_id"].isin(wanted)])
        return made[["article_id", "account_id", *found]]

    keys = key_accounts(articles, ("article_id", "account_id", *read))
    rows = kept.by_account(f"{name}_window" if window else name, key_of_code(made_by, repr(contract)), keys, make_some, whole=whole)
    joined = articles[[column for column in contract if column in articles]].merge(rows.drop(columns="account_id"), on="article_id", how="left")
    for column in (column for column in found if contract[column] == "object"):
        joined[column] = pd.Series([list(held) for held in joined[column]], dtype="object")
    return joined[list(contract)].astype(dict(contract))


@contextmanager
def kept_charts(kept: Kept) -> Iterator[None]:
    """Charts drawn inside are taken from what was drawn before, by their whole specification; the newest are kept."""
    code = key_of_code(("charts/base.py",))
    old = kept.load("charts", code)
    before: dict[str, str] = dict(zip(old["key"], old["svg"], strict=True)) if old is not None else {}
    with remember_charts(before) as drawn:
        yield
    if drawn.keys() - before.keys():
        newest = {**drawn, **{key: svg for key, svg in before.items() if key not in drawn}}
        rows = list(newest.items())[:_MOST_CHARTS]
        kept.save("charts", code, pd.DataFrame(rows, columns=["key", "svg"], dtype="str"))
