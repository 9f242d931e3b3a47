"""A group of accounts and every study of them, each computed when it is first asked for.

Brief, pre-launch benchmark, watch, commands and notebooks all read an `AccountGroup`; what a study
means, its columns, dtypes and units, is said by the function that its docstring names.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

import pandas as pd

from analysis.cadence.calendar_cn import measure_events
from analysis.cadence.changes import find_changes
from analysis.cadence.crowding import count_crowding, find_free_slots
from analysis.cadence.formats import count_formats, count_slots
from analysis.cadence.intervals import compare_rates
from analysis.cadence.pushes import build_pushes, count_hours, count_weeks
from analysis.cadence.source_changes import find_source_changes
from analysis.cadence.summary import describe_cadence
from analysis.columns.across.matching import match_columns
from analysis.columns.assign import describe_columns
from analysis.columns.edits import ColumnEdit
from analysis.columns.runs import list_runs
from analysis.content.distinctive_words import compare_words
from analysis.content.purpose import assign_purposes, count_purposes
from analysis.content.titles import describe_titles, measure_habits
from analysis.content.topics import RISING, assign_terms, count_topics, find_rising
from analysis.engagement.counts import classify_observations, pick_latest
from analysis.frames import OBSERVATIONS, empty_frame
from analysis.group.charts import GroupCharts
from analysis.group.stored import StoredAccounts, study
from analysis.group.window import Window
from analysis.layout.report import ACCOUNT_COLUMNS, LayoutReport, list_accounts, report_layouts
from analysis.peers.account_figures import measure_matrix
from analysis.peers.brands import compare_roles, merge_brands
from analysis.peers.gaps import find_gaps
from analysis.peers.history.beginnings import classify_beginnings
from analysis.peers.history.phases import cut_phases
from analysis.peers.history.steadiness import classify_steady, compare_steady
from analysis.peers.overlap import find_overlaps
from analysis.peers.similar import index_content, rank_like_account, rank_texts
from analysis.rows import parts_of, plain, rows_of
from crawler.records import BEIJING

__all__ = ["AccountGroup"]

# studies with a row an article or a push, which can be cut to fewer days
_DATED = ("articles", "column_articles", "pushes", "purposes", "titles", "article_terms")


class AccountGroup(StoredAccounts):
    """Accounts of a store with their articles of a window, and every study of them.

    `accounts` are names, ids or brands (all without); `since` ≤ published_at < `until`; `own` names
    the reader's account or brand, whatever the accounts file says; `edits` is a file of column
    corrections, the columns.toml beside the store without; `themes` looks for topic clusters too,
    which takes most of the time; `on_progress` is told what takes long, in Chinese.

    Every study is a property that holds a frame (or a small record of frames) and is computed when
    first asked for. Times are Asia/Shanghai. Properties raise StoreError for an unknown account,
    ColumnEditsError for corrections that can't be read.
    """

    # Cadence (发文节奏)

    @study
    def pushes(self) -> pd.DataFrame:
        """One row per send-out, as cadence.pushes.build_pushes."""
        return build_pushes(self.articles)

    @study
    def cadence(self) -> pd.DataFrame:
        """One row per account: rates, usual hour, regularity; cadence.summary.describe_cadence."""
        return describe_cadence(self.pushes)

    @study
    def weeks(self) -> pd.DataFrame:
        """Pushes and articles by account and week, as cadence.pushes.count_weeks."""
        return count_weeks(self.pushes)

    @study
    def hours(self) -> pd.DataFrame:
        """Pushes by account, weekday and hour, as cadence.pushes.count_hours."""
        return count_hours(self.pushes)

    @study
    def changes(self) -> pd.DataFrame:
        """Changes of rate and hour, pauses and returns, as cadence.changes.find_changes."""
        return find_changes(self.pushes)

    @study
    def source_changes(self) -> pd.DataFrame:
        """Weeks in which several accounts changed at once, as
        cadence.source_changes.find_source_changes.
        """
        return find_source_changes(self.changes, self.articles, self.layout.redesigns)

    @study
    def crowding(self) -> pd.DataFrame:
        """How many accounts send in each hour of the week, as cadence.crowding.count_crowding."""
        return count_crowding(self.pushes)

    def free_hours(self, *, weekday: int, hour: int) -> pd.DataFrame:
        """The hours of the week within six of this one (Monday is 0), the least crowded first, as
        cadence.crowding.find_free_slots. Raises ValueError.
        """
        return find_free_slots(self.crowding, weekday=weekday, hour=hour)

    @study
    def rate_pairs(self) -> pd.DataFrame:
        """Every two accounts' rates and whether they differ, as cadence.intervals.compare_rates."""
        return compare_rates(self.pushes)

    @study
    def holidays(self) -> pd.DataFrame:
        """Pushes around each holiday and sale beside the usual, as cadence.calendar_cn."""
        return measure_events(self.pushes)

    @study
    def formats(self) -> pd.DataFrame:
        """Kinds of articles by account and month, as cadence.formats.count_formats."""
        return count_formats(self.articles)

    @study
    def positions(self) -> pd.DataFrame:
        """Articles by account and place in the push, as cadence.formats.count_slots."""
        return count_slots(self.articles)

    # Content columns (栏目)

    @study
    def column_articles(self) -> pd.DataFrame:
        """One row per article with its content column or theme, as columns.assign.assign_columns;
        columns are found on the whole history, then cut to the window.
        """
        return self._windowed(self._assignment[0])

    @property
    def idle_edits(self) -> tuple[ColumnEdit, ...]:
        """The corrections that found no column or article to correct."""
        return self._assignment[1]

    @study
    def columns_and_themes(self) -> pd.DataFrame:
        """One row per content column or theme, as columns.assign.describe_columns, with layout
        and reads where these are held.
        """
        return describe_columns(
            self.articles, self.column_articles, profiles=self.profiles, reads=self.reads
        )

    @study
    def columns(self) -> pd.DataFrame:
        """One row per content column, themes left out."""
        everything = self.columns_and_themes
        return everything[everything["kind"] != "theme"].reset_index(drop=True)

    @study
    def column_runs(self) -> pd.DataFrame:
        """When each column ran without a long rest, as columns.runs.list_runs."""
        return list_runs(self.column_articles)

    @study
    def column_types(self) -> pd.DataFrame:
        """Columns of different accounts that are the same in kind, as columns.across.matching."""
        return match_columns(self.column_articles)

    # Purposes and titles

    @study
    def purposes(self) -> pd.DataFrame:
        """One row per article with what it is for, as content.purpose.assign_purposes."""
        return assign_purposes(self.articles)

    @study
    def purpose_shares(self) -> pd.DataFrame:
        """One row per account and purpose, as content.purpose.count_purposes."""
        return count_purposes(self.purposes)

    @study
    def titles(self) -> pd.DataFrame:
        """One row per title: length, signs, formulas, as content.titles.describe_titles."""
        return describe_titles(self.articles)

    @study
    def title_habits(self) -> pd.DataFrame:
        """One row per account: how it writes titles, as content.titles.measure_habits."""
        return measure_habits(self.titles)

    @study
    def words(self) -> pd.DataFrame:
        """What one account's titles say and the others' don't, as
        content.distinctive_words.compare_words.
        """
        return compare_words(self.articles)

    # Topics (选题)

    @study
    def article_terms(self) -> pd.DataFrame:
        """The terms of every title, as content.topics.assign_terms."""
        columns = self.column_articles
        named = columns[columns["kind"] != "theme"]
        return assign_terms(self.articles, named[["article_id", "content_column"]])

    @study
    def topics(self) -> pd.DataFrame:
        """What each account writes about most, as content.topics.count_topics."""
        return count_topics(self.articles, self.article_terms)

    @study
    def rising_topics(self) -> pd.DataFrame:
        """What several accounts have taken up lately, as content.topics.find_rising."""
        return find_rising(self.articles, self.article_terms)

    @study
    def shifted_topics(self) -> pd.DataFrame:
        """What each account has taken up by itself lately, as content.topics.find_rising with its
        `account_id`.
        """
        terms = parts_of(self.article_terms)
        frames = [
            find_rising(articles, terms[key], least_accounts=1).assign(account_id=key)
            for key, articles in parts_of(self.articles).items()
            if key in terms
        ]
        return (
            pd.concat(frames, ignore_index=True)
            if frames
            else empty_frame({**RISING, "account_id": "str"})
        )

    @study
    def labelled_articles(self) -> pd.DataFrame:
        """The articles with `role` and `brand` of the account, `content_column`, `purpose` and
        `template` (layout family, a number within the account) beside them: for questions across
        studies. Same rows and order as `articles`; what is unknown is missing.
        """
        owners = self.accounts[["account_id", "role", "brand"]]
        columns = self.column_articles[["article_id", "content_column"]]
        purposes = self.purposes[["article_id", "purpose"]]
        templates = self.layout.assigned[["article_id", "template"]]
        labelled = self.articles.merge(owners, on="account_id", how="left")
        for labels in (columns, purposes, templates):
            labelled = labelled.merge(labels, on="article_id", how="left")
        return labelled

    @study
    def article_list(self) -> pd.DataFrame:
        """The articles with `content_column` (themes are none), `purpose` and their latest imported
        counts (engagement.counts.LATEST) beside them: for lists people sort. Same rows and order as
        `articles`; what is unknown is missing.
        """
        columns = self.column_articles[self.column_articles["kind"] != "theme"]
        listed = self.articles.merge(
            columns[["article_id", "content_column"]], on="article_id", how="left"
        ).merge(self.purposes[["article_id", "purpose"]], on="article_id", how="left")
        counts = empty_frame(OBSERVATIONS) if self.observations is None else self.observations
        latest = pick_latest(classify_observations(counts, self._history))
        return listed.merge(latest, on="article_id", how="left")

    # Layout (排版)

    @study
    def layout(self) -> LayoutReport:
        """Every frame about how articles look, as layout.report.report_layouts: `measures`,
        `templates`, `redesigns`, `distances`, `conventions`, `parts`, `consistency`.
        """
        return report_layouts(self.articles, self.profiles)

    @study
    def layout_figures(self) -> pd.DataFrame:
        """One row per account: medians, templates, consistency, redesigns, as
        layout.report.list_accounts.
        """
        return pd.DataFrame(list_accounts(self.layout), columns=list(ACCOUNT_COLUMNS))

    # Accounts beside one another

    @study
    def matrix(self) -> pd.DataFrame:
        """One row per account with its figures on every dimension, as peers.matrix."""
        return measure_matrix(
            self.accounts,
            self.coverage,
            self.articles,
            cadence=self.cadence,
            columns=self.columns_and_themes,
            purposes=self.purposes,
            title_habits=self.title_habits,
            layout=self.layout,
            profiles=self.profiles,
        )

    @study
    def roles(self) -> pd.DataFrame:
        """Which account of a brand does what, as peers.brand_roles.find_roles."""
        return compare_roles(
            self.accounts,
            self.articles,
            self.pushes,
            purposes=self.purposes,
            columns=self.column_articles,
        )

    @study
    def gaps(self) -> pd.DataFrame:
        """Columns and themes that rivals run and the own account doesn't, and the other way round
        (`side`), as peers.gaps.find_gaps.
        """
        ids = [str(account_id) for account_id in self.articles["account_id"].unique()]
        own = [account_id for account_id in ids if account_id in self.own_ids]
        rivals = [account_id for account_id in ids if account_id not in self.own_ids]
        return find_gaps(
            self.column_articles, self.column_runs, self.column_types, own=own, rivals=rivals
        )

    @study
    def overlaps(self) -> pd.DataFrame:
        """Same texts and topics at different accounts, and who was first; peers.overlap."""
        return find_overlaps(self.articles, sketches=self.body_sketches)

    @study
    def beginnings(self) -> pd.DataFrame:
        """One row per account: whether its first articles are its beginning, and why, as
        peers.history.beginnings.
        """
        shares = {str(key): plain(row["coverage"]) for key, row in rows_of(self.coverage).items()}
        since = None if self.since is None else pd.Timestamp(self.since)
        return classify_beginnings(self.articles, self.pushes, coverage=shares, since=since)

    @study
    def phases(self) -> pd.DataFrame:
        """The first 90 days of each account and what followed, as peers.history.phases."""
        templates = self.layout.assigned[["article_id", "template"]]
        sizes = self.profiles[["article_id", "font_size_px", "images"]]
        return cut_phases(
            self.articles,
            self.pushes,
            self.column_articles,
            began=self.beginnings,
            changes=self.changes,
            runs=self.column_runs,
            layouts=templates.merge(sizes, on="article_id"),
            redesigns=self.layout.redesigns,
        )

    @study
    def steadiness(self) -> pd.DataFrame:
        """One row per account: whether it kept its pace, as peers.history.steadiness."""
        return classify_steady(self.pushes, self.phases, self.changes)

    @study
    def steady_starts(self) -> pd.DataFrame:
        """What the first 90 days of the steady have in common, as peers.history.steadiness."""
        return compare_steady(self.phases, self.steadiness)

    def similar(self, query: str, *, top: int = 10) -> pd.DataFrame:
        """The accounts most like one of the group (its name or account_id) or like a text, best
        first, as peers.similar.rank_like_account and rank_texts; ranked by content alone.
        """
        index = index_content(self.articles, self.accounts)
        accounts = self.accounts
        named = accounts[(accounts["account"] == query) | (accounts["account_id"] == query)]
        if len(named) == 1:
            return rank_like_account(index, str(named["account_id"].iloc[0]), top=top)
        return rank_texts(index, pd.DataFrame({"query": [query], "text": [query]}), top=top)

    def within(self, window: Window) -> AccountGroup:
        """The same accounts in some of the days only; columns, purposes and terms are those of the
        whole, cut.
        """
        since, until = (
            pd.Timestamp(day, tz=BEIJING)
            for day in (window.since, window.until + timedelta(days=1))
        )
        studies = {
            name: getattr(self, name)
            for name in ("accounts", "coverage", "observations", "leads", "body_sketches", "reads")
        }
        for name in _DATED:
            frame = getattr(self, name)
            inside = (frame["published_at"] >= since) & (frame["published_at"] < until)
            studies[name] = frame[inside].reset_index(drop=True)
        return AccountGroup.from_frames(since=self.since, profiles=self.profiles, **studies)

    def by_brand(self) -> AccountGroup:
        """The same with each brand's accounts as one account, named for the brand. What was found
        account by account (pushes, columns, purposes, titles) stays so: only counting is by brand.
        """
        names = (
            "accounts",
            "coverage",
            "articles",
            "column_articles",
            "pushes",
            "purposes",
            "titles",
        )
        merged = merge_brands({name: getattr(self, name) for name in names})
        return AccountGroup.from_frames(since=self.since, profiles=self.profiles, **merged)

    @cached_property
    def charts(self) -> GroupCharts:
        """Altair charts of these studies: `group.charts.weeks("半间厨房")` and the like."""
        return GroupCharts(self)
