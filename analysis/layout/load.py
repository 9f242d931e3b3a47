"""Layout profiles as a frame: one row per article, measured once and kept while the article's body
and this code are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import pandas as pd

from analysis.compute.bodies import BodyReading, load_readings
from analysis.compute.cache import FrameCache
from analysis.layout.body.profile import StyleProfile, measure_style
from crawler.store import Store

__all__ = ["PROFILES", "load_profiles", "profile_bodies"]

_DTYPES = {
    "int": "int64",
    "float": "float64",
    "float | None": "float64",
    "str | None": "str",
    "bool | None": "boolean",
    "list[str]": "object",
    "list[int]": "object",
}
PROFILES: Mapping[str, str] = {
    "article_id": "str",
    **{field.name: _DTYPES[str(field.type)] for field in fields(StyleProfile)},
}
Covers = tuple[str | None, str | None]
_STYLE = re.compile(r"<[^<>]{1,4000}\sstyle\s*=", re.I)


class _Context(NamedTuple):
    """What a body is measured with: the covers' addresses, and whether it is a copy that may have
    lost the page's styling.
    """

    cover: str | None = None
    square: str | None = None
    copied: bool = False


def profile_bodies(
    bodies: Iterable[tuple[str, str]], *, covers: Mapping[str, Covers] | None = None
) -> pd.DataFrame:
    """The layout profile of each body, given as (article_id, inner HTML); `covers` are the
    addresses of (cover, square cover) by article_id.

    Returns article_id str and the fields of profile.StyleProfile, lists as objects; what can't be
    told is missing; sorted by article_id.
    """
    cover_of = covers or {}
    rows = (
        row
        for article_id, body in bodies
        for row in _measure(article_id, body, _Context(*cover_of.get(article_id, ())))
    )
    return _READING.frame(rows).sort_values("article_id", ignore_index=True)


def load_profiles(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    cache: FrameCache | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """The layout profiles of a store's articles (of some accounts), measured only where the body is
    new or the code has changed. A copy without any styling (Markdown, a feed that strips it) has
    none: a browser's defaults are not the account's layout.

    The same frame as profile_bodies gives. Raises StoreError for an unknown account.
    """
    numbers = (
        None
        if accounts is None
        else [account["account_pk"] for account in store.find_accounts(accounts)]
    )
    cover_links = store.extras(("cover", "cover_square"), accounts=numbers)
    contexts = {
        number: _Context(more.get("cover"), more.get("cover_square"))
        for number, more in cover_links.items()
    }
    for number in store.copied_bodies(accounts=numbers):
        contexts[number] = contexts.get(number, _Context())._replace(copied=True)
    count = None if on_progress is None else lambda n: on_progress(f"量了 {n} 篇的排版")
    return load_readings(
        store, _READING, accounts=numbers, context=contexts, cache=cache, on_progress=count
    )


def _measure(article_id: str, body: str, context: _Context | None) -> Iterator[dict[str, Any]]:
    cover, square, copied = context or _Context()
    if copied and not _STYLE.search(body):
        return
    yield {"article_id": article_id, **asdict(measure_style(body, cover=cover, square=square))}


_READING = BodyReading("layout_profiles", PROFILES, _measure)
