"""Content columns of a whole history, cached and on all cores, and where a person's corrections
lie.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.columns.assign import ASSIGNED, assign_columns
from analysis.columns.attribution import ATTRIBUTES
from analysis.compute.cache import cached_by_account
from analysis.layout.templates import assign_templates
from crawler.store import Store

__all__ = ["add_attributes", "assign", "drop_themes", "find_edits_file"]

_ASSIGNMENT = ("content_column", "kind", "strength", "column_id")
_READ = (
    "article_id",
    "title",
    "push_id",
    "position",
    "published_at",
    "time_precision",
    "albums",
    *ATTRIBUTES,
)


def add_attributes(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """The articles with opening, closing and template (a number within the account) as text,
    missing where no body tells.
    """
    families = assign_templates(articles, profiles).set_index("article_id")["template"]
    attributes = profiles.set_index("article_id")[["opening", "closing"]].reindex(
        articles["article_id"]
    )
    template = families.reindex(articles["article_id"]).astype("Int64").astype("str").array
    return articles.assign(
        opening=attributes["opening"].astype("str").array,
        closing=attributes["closing"].astype("str").array,
        template=template,
    )


def find_edits_file(store: Store) -> Path | None:
    """The columns.toml beside a store's SQLite file, if there is one."""
    url = store.engine.url
    path = (
        Path(url.database).parent / "columns.toml"
        if url.get_backend_name() == "sqlite" and url.database
        else None
    )
    return path if path is not None and path.exists() else None


def drop_themes(assigned: pd.DataFrame) -> pd.DataFrame:
    """The assigned articles with those in a theme in nothing."""
    theme = assigned["kind"].eq("theme").fillna(False).astype(bool)
    return assigned.assign(**{field: assigned[field].mask(theme) for field in _ASSIGNMENT})


@cached_by_account(
    ASSIGNED, {"articles": _READ}, as_given=("published_at", "title", "url"), parallel_from=4000
)
def assign(articles: pd.DataFrame, *, themes: bool) -> pd.DataFrame:
    """assign_columns, kept and on all cores: accounts know nothing of each other, so the answer is
    the same.
    """
    return assign_columns(articles, themes=themes)
