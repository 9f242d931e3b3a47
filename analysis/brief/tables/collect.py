"""All tables of a brief, for its page by their names and for its workbook in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.brief.changes import SinceLast
from analysis.brief.charts import MAX_CHARTED
from analysis.brief.findings import draw_findings
from analysis.brief.summary import BriefSummary
from analysis.brief.tables.accounts import (
    tabulate_accounts,
    tabulate_few,
    tabulate_missing,
    tabulate_since,
)
from analysis.brief.tables.articles import list_articles
from analysis.brief.tables.cadence import tabulate_cadence, tabulate_events, tabulate_sending
from analysis.brief.tables.columns import tabulate_columns, tabulate_kinds_of_columns
from analysis.brief.tables.compare import tabulate_matrix
from analysis.brief.tables.conclusions import list_conclusions
from analysis.brief.tables.engagement import tabulate_engagement, tabulate_leads
from analysis.brief.tables.gaps import tabulate_actions, tabulate_phases, tabulate_versus
from analysis.brief.tables.layout import tabulate_layout
from analysis.brief.tables.words import tabulate_needs, tabulate_purposes, tabulate_titles
from analysis.report.tables import Table
from analysis.report.translation import using_language
from analysis.report.workbook import Sheet, list_sheets

__all__ = ["BriefTables", "brief_sheets", "tabulate_brief"]


@dataclass(frozen=True, slots=True)
class BriefTables:
    """The tables of a brief in the order of its page, None where there is nothing to list;
    `columns` by account_id.
    """

    since: Table | None
    accounts: Table | None
    few: Table | None
    matrix: tuple[Table, ...]
    cadence: Table | None
    sending: Table | None
    events: Table | None
    kinds_of_columns: Table | None
    columns: Mapping[str, Table]
    purposes: Table | None
    needs: Table | None
    titles: Table | None
    layout: Table | None
    engagement: Table | None
    leads: Table | None
    actions: Table | None
    versus: Table | None
    phases: Table | None
    missing: Table | None

    def __iter__(self) -> Iterator[Table]:
        tables = (
            *(self.since, self.accounts, self.few, *self.matrix),
            *(self.cadence, self.sending, self.events),
            *(self.kinds_of_columns, *self.columns.values()),
            *(self.purposes, self.needs, self.titles),
            *(self.layout, self.engagement, self.leads),
            *(self.actions, self.versus, self.phases, self.missing),
        )
        return (table for table in tables if table is not None)


def tabulate_brief(brief: BriefSummary, *, since: SinceLast | None = None) -> BriefTables:
    """The tables of a brief, in the current language; `since` is what has changed since an earlier
    one.
    """
    accounts = brief.accounts
    enough = [account for account in accounts if account.enough]
    rivals = brief.rivals if enough else None
    return BriefTables(
        since=tabulate_since(since.accounts) if since else None,
        accounts=tabulate_accounts(accounts),
        few=tabulate_few(accounts),
        matrix=tabulate_matrix(
            brief.comparison, {account.account_id: account.place for account in accounts}
        ),
        cadence=tabulate_cadence(accounts),
        sending=tabulate_sending(accounts),
        events=tabulate_events(accounts),
        kinds_of_columns=tabulate_kinds_of_columns(brief.column_types) if enough else None,
        columns={
            account.account_id: tabulate_columns(account) for account in enough if account.columns
        },
        purposes=tabulate_purposes(accounts),
        needs=tabulate_needs(accounts),
        titles=tabulate_titles(accounts),
        layout=tabulate_layout(accounts),
        engagement=tabulate_engagement(brief.engagement, accounts),
        leads=tabulate_leads(brief.leading, accounts),
        actions=tabulate_actions(rivals.actions) if rivals and rivals.compared else None,
        versus=tabulate_versus(rivals.versus) if rivals and rivals.overlaps else None,
        phases=tabulate_phases(rivals.beginnings[:MAX_CHARTED]) if rivals else None,
        missing=tabulate_missing(accounts),
    )


def brief_sheets(
    brief: BriefSummary, *, since: SinceLast | None = None, lang: str = "zh"
) -> list[Sheet]:
    """The sheets of a brief's workbook, in a language: conclusions, the page's tables, articles.
    Empty for a brief without articles.
    """
    if not brief.articles:
        return []
    with using_language(lang):
        conclusions = list_conclusions(draw_findings(brief))
        return [
            *([conclusions] if conclusions.rows else []),
            *list_sheets(tabulate_brief(brief, since=since)),
            list_articles(brief),
        ]
