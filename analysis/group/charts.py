"""Altair charts of a group's studies, an account or all of them at a time. How each is drawn is the
charts package's.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pandas as pd

from analysis.cadence.pushes import count_days
from analysis.charts.base import alt
from analysis.charts.cadence import draw_crowding, draw_days, draw_hours, draw_weeks
from analysis.charts.compare import draw_positions
from analysis.charts.content_columns import draw_column_lives
from analysis.charts.purpose import draw_purposes
from analysis.charts.titles import draw_words
from analysis.layout.report import LayoutReport
from analysis.layout.style_card import render_style_card
from analysis.peers.dimensions import DIMENSIONS, parse_axes
from analysis.peers.matrix import place_accounts

__all__ = ["GroupCharts", "Studies"]


class Studies(Protocol):
    """The studies that charts are made of: an AccountGroup has them."""

    @property
    def accounts(self) -> pd.DataFrame: ...
    @property
    def pushes(self) -> pd.DataFrame: ...
    @property
    def weeks(self) -> pd.DataFrame: ...
    @property
    def hours(self) -> pd.DataFrame: ...
    @property
    def changes(self) -> pd.DataFrame: ...
    @property
    def crowding(self) -> pd.DataFrame: ...
    @property
    def columns(self) -> pd.DataFrame: ...
    @property
    def column_articles(self) -> pd.DataFrame: ...
    @property
    def purpose_shares(self) -> pd.DataFrame: ...
    @property
    def words(self) -> pd.DataFrame: ...
    @property
    def layout(self) -> LayoutReport: ...
    @property
    def matrix(self) -> pd.DataFrame: ...


class GroupCharts:
    """Charts of one group; `account` is a name or an account_id, and KeyError says which there are.

    Scales (days, most pushes a week, largest share) are those of the whole group, so that charts of
    two accounts can be held side by side.
    """

    def __init__(self, studies: Studies) -> None:
        alt.renderers.enable(
            "svg"
        )  # Altair's own way of showing charts loads scripts from the network
        self._studies = studies

    def weeks(self, account: str) -> alt.Chart | alt.LayerChart:
        """Pushes a week as steps, with changes of the rate."""
        weeks = self._studies.weeks
        since, until = self._days
        return draw_weeks(
            self._of(weeks, account),
            since=since,
            until=until,
            most=int(weeks["pushes"].max()),
            changes=self._of(self._studies.changes, account),
        )

    def hours(self, account: str) -> alt.Chart:
        """Pushes by weekday and hour, as shares of the account's own."""
        return draw_hours(self._of(self._studies.hours, account))

    def days(self, account: str) -> alt.Chart:
        """A calendar: a column a week, a row a weekday, the darker the more pushes."""
        days = count_days(self._studies.pushes)
        since, until = self._days
        own = self._of(days, account)
        return draw_days(own, since=since, until=until, most=int(days["pushes"].max()))

    def crowding(self) -> alt.Chart | alt.LayerChart:
        """Pushes a week of all accounts together by weekday and hour."""
        return draw_crowding(self._studies.crowding)

    def columns(self, account: str, *, most: int = 10) -> alt.LayerChart:
        """The life-lines of an account's largest content columns."""
        columns = self._of(self._studies.columns, account)
        largest = columns.sort_values("n", ascending=False, kind="stable").head(most)
        issues = self._studies.column_articles
        issues = issues[issues["column_id"].isin(largest["column_id"])]
        since, until = self._days
        return draw_column_lives(largest, issues, since=since, until=until)

    def purposes(self, account: str) -> alt.LayerChart:
        """What an account's articles are for."""
        shares = self._studies.purpose_shares
        order = list(dict.fromkeys(shares["purpose"]))
        most = float(shares["share"].max())
        return draw_purposes(self._of(shares, account), purposes=order, most=most)

    def words(self, account: str, *, most: int = 12) -> alt.LayerChart:
        """The words that tell an account's titles from the others'."""
        words = self._studies.words
        own = self._of(words, account).head(most)
        return draw_words(own, most=float(words["z"].max()))

    def positions(self, axes: str) -> alt.LayerChart:
        """The accounts on two dimensions of the matrix, such as "更新频率,栏目化程度". Raises
        AxesError, which lists the dimensions.
        """
        pair = parse_axes(axes)
        x, y = (DIMENSIONS[key] for key in pair)
        return draw_positions(
            place_accounts(self._studies.matrix, pair),
            x=f"{x.name}（{x.unit}）",
            y=f"{y.name}（{y.unit}）",
            x_percent=x.unit == "%",
            y_percent=y.unit == "%",
        )

    def specimen(self, account: str) -> str:
        """The layout an account uses now as HTML: its type, colours and spacing in their true size
        on a phone; 样本不足 where too few articles have a body.
        """
        templates = self._of(self._studies.layout.templates, account)
        now = templates[templates["now"]].sort_values("n", ascending=False, kind="stable")
        name = self._account(account)["account"]
        if now.empty:
            return render_style_card(name, {}, n=0, window="")
        (row,) = now.head(1).to_dict("records")
        window = f"{row['first']:%Y-%m-%d} 至 {row['last']:%Y-%m-%d}"
        look = {str(feature): value for feature, value in row.items()}
        return render_style_card(name, look, n=row["n"], window=window)

    @property
    def _days(self) -> tuple[date, date]:
        days = self._studies.pushes["published_at"].dt.date
        return days.min(), days.max()

    def _account(self, account: str) -> dict[str, str]:
        accounts = self._studies.accounts[["account", "account_id"]]
        named = accounts[(accounts["account"] == account) | (accounts["account_id"] == account)]
        if len(named) != 1:
            raise KeyError(f"{account!r}: one of {', '.join(accounts['account'])}")
        return {str(key): str(value) for key, value in named.iloc[0].items()}

    def _of(self, frame: pd.DataFrame, account: str) -> pd.DataFrame:
        account_id = self._account(account)["account_id"]
        return frame[frame["account_id"] == account_id].reset_index(drop=True)
