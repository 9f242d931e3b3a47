"""When the rhythm of an account changed: its pushes per week, its usual hour, and pauses.

Candidates come from ruptures (exact l2 segmentation, every week tried, penalty scaled by the noise); each then has to pass a permutation
test against the account's own fluctuation, so that a lively account needs a greater change than a clockwork one. Holiday weeks are set
aside. tests/eval/cadence_changes.py measures false alarms and what is found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import ruptures

from analysis.cadence import PUSHES, count_weeks, owners_of
from analysis.calendar_cn import is_holiday_week, spring_days
from analysis.frames import check_frame

__all__ = ["CHANGES", "HISTORY", "MIN_RATIO", "MIN_WEEKS", "find_changes", "find_hour_changes", "find_pauses", "find_rate_changes", "measure_history"]

MIN_WEEKS = 26
MIN_RATIO = 1.25  # of the two rates: a smaller change is not worth a claim however sure it is
_MIN_STRETCH = 8  # weeks: a shorter spell is an episode (a sale, a holiday), not a change
_ALPHA = 0.01
_MIN_SHIFT_H = 1.0
_MIN_GATHERED = 0.3  # mean resultant length from which an account has a usual hour at all
_PAUSE_DAYS, _PAUSE_TIMES, _PAUSES, _PAUSE_PUSHES = 28, 2, 3, 20
_PENALTY = 2.25  # of the noise × log n: at 1.5 twice as many false changes stand, at 2.5 the first true ones are lost
_RESAMPLES, _REDRAWN, _SEED = 499, 400, 20260101
_AROUND_DAYS = 182
_SLACK = 0.5  # of the square-rooted counts: half a Poisson deviation
_DAY = np.timedelta64(1, "D")
CHANGES = {
    "account_id": "str", "account": "str", "kind": "str", "date": "datetime64[us]", "date_low": "datetime64[us]", "date_high": "datetime64[us]",
    "before": "float64", "before_low": "float64", "before_high": "float64", "after": "float64", "after_low": "float64", "after_high": "float64",
    "pushes_before": "int64", "pushes_after": "int64", "p": "float64",
}  # fmt: skip
HISTORY = {"account_id": "str", "account": "str", "weeks": "int64", "weeks_timed": "int64", "enough": "bool", "enough_timed": "bool"}


def find_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """All changes of all accounts: find_rate_changes, find_hour_changes and find_pauses together, sorted by account, date, kind."""
    parts = [find_rate_changes(pushes), find_hour_changes(pushes), find_pauses(pushes)]
    return pd.concat(parts, ignore_index=True).sort_values(["account", "account_id", "date", "kind"], ignore_index=True).astype(CHANGES)


def measure_history(pushes: pd.DataFrame) -> pd.DataFrame:
    """Whether there is enough history to look for changes: 26 whole weeks; for the usual hour 26 weeks with a push whose hour is known.

    Returns one row per account: weeks int64 (whole calendar weeks from first to last push), weeks_timed int64, enough, enough_timed bool.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, _ = owners_of(pushes)
    whole = [len(part) for _, _, part in _whole_weeks(pushes)]
    timed = [len(directions) for _, _, directions, _ in _weekly_directions(pushes)]
    rows = owners.assign(weeks=whole, weeks_timed=timed)
    return rows.assign(enough=rows["weeks"] >= MIN_WEEKS, enough_timed=rows["weeks_timed"] >= MIN_WEEKS)[list(HISTORY)].astype(HISTORY)


def find_rate_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """When pushes per week changed for eight weeks or more, by a quarter or more, and by more than the account's own ups and downs.

    Both rates' intervals must lie apart. Whole weeks only; holiday weeks (calendar_cn.is_holiday_week) and weeks inside a pause (find_pauses) are set aside. Anscombe's square root
    makes the noise of high and low counts alike; under- and over-dispersed counts are judged by permuting the account's own weeks.

    Returns a row per change: kind str "rate"; date datetime64[us], the Monday from which the new rate holds, with date_low, date_high (95 %,
    bootstrap); before, after float64 pushes per week between the neighbouring changes, with _low, _high (95 %, bootstrap over weeks);
    pushes_before, pushes_after int64 they rest on; p float64. Nothing below 26 weeks. Sorted by account, date.
    """
    check_frame(pushes, PUSHES, name="pushes")
    silences = _pauses_by_account(pushes)
    rows = []
    for account_id, account, weeks in _whole_weeks(pushes):
        if len(weeks) < MIN_WEEKS:
            continue
        mondays, counts = weeks["week"].to_numpy().astype("datetime64[D]"), weeks["pushes"].to_numpy()
        silent = _inside(mondays, silences.get(account_id, []))
        kept = ~is_holiday_week(mondays) & ~silent
        signal = 2 * np.sqrt(counts + 3 / 8)[:, None]
        for cut in _find_cuts(signal[kept]):
            row = _describe_rate(counts[kept], cut)
            if not _is_apart(row):
                continue
            dates = _date_cut(signal, kept, mondays, cut, silent=silent)
            rows.append({"account_id": account_id, "account": account, "kind": "rate", **dates, **row})
    return _table(rows)


def find_hour_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """When the usual hour moved by an hour or more, round the clock, for eight weeks or more.

    Each week is the mean direction of its pushes on the 24-hour circle, so 23:50 and 00:10 are neighbours; of pushes whose hour is known only.
    An account whose pushes lie all round the clock has no usual hour, before or after, and no change of it.

    Returns rows as find_rate_changes, kind "hour"; before, after float64 are the circular mean in hours (Beijing, 0 to 24) with _low, _high (95 %,
    bootstrap over pushes; low may be above high across midnight).
    """
    check_frame(pushes, PUSHES, name="pushes")
    rows = []
    for account_id, account, directions, parts in _weekly_directions(pushes):
        if len(directions) < MIN_WEEKS:
            continue
        mondays = directions["week"].to_numpy().astype("datetime64[D]")
        signal, every = directions[["x", "y"]].to_numpy(), np.ones(len(directions), dtype=bool)
        for cut in _find_cuts(signal):
            row = _describe_hour(parts, cut)
            if row is None:
                continue
            dates = _date_cut(signal, every, mondays, cut, silent=~every)
            rows.append({"account_id": account_id, "account": account, "kind": "hour", **dates, **row})
    return _table(rows)


def _whole_weeks(pushes: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Each account's weeks without the first and the last, which are only partly covered."""
    weeks = count_weeks(pushes)
    owners, owner = owners_of(weeks)
    parts = np.split(np.arange(len(weeks)), np.flatnonzero(np.diff(owner)) + 1) if len(weeks) else []
    named = zip(owners["account_id"], owners["account"], parts, strict=True)
    return [(account_id, account, weeks.iloc[part[1:-1]]) for account_id, account, part in named]


class _Cut:
    """One change in a signal: the index it begins at, and the stretch it was tested in."""

    def __init__(self, begin: int, at: int, end: int, p: float) -> None:
        self.begin, self.at, self.end, self.p = begin, at, end, p


def _find_cuts(signal: Any) -> list[_Cut]:
    """Changes of the mean of a signal (weeks × dimensions) that stand the permutation test, the weakest dropped one by one."""
    n = len(signal)
    if n < 2 * _MIN_STRETCH:
        return []
    noise = float((np.diff(signal, axis=0) ** 2).sum(axis=1).mean() / 2)
    model = ruptures.KernelCPD(kernel="linear", min_size=_MIN_STRETCH, jump=1).fit(np.ascontiguousarray(signal, dtype="float64"))
    ends = model.predict(pen=max(_PENALTY * noise * np.log(n), 1e-6))[:-1]
    while ends:
        edges = [0, *ends, n]
        cuts = [_Cut(edges[i], edges[i + 1], edges[i + 2], 1.0) for i in range(len(ends))]
        for cut in cuts:
            cut.p = _permutation_p(signal[cut.begin : cut.end], cut.at - cut.begin)
        weakest = max(cuts, key=lambda cut: (cut.p, -abs(cut.at)))
        if weakest.p <= _ALPHA:
            return cuts
        ends.remove(weakest.at)
    return []


def _permutation_p(signal: Any, at: int) -> float:
    """How often blocks of the same weeks, shuffled, show a change as great anywhere: the p of a change at `at`."""
    n = len(signal)
    rng = np.random.default_rng(_SEED)
    block = max(1, round(n ** (1 / 3)))
    blocks = -(-n // block)
    ups_and_downs = np.concatenate([signal[:at] - signal[:at].mean(axis=0), signal[at:] - signal[at:].mean(axis=0)]) * np.sqrt(n / (n - 2))
    order = rng.permuted(np.tile(np.arange(blocks), (_RESAMPLES, 1)), axis=1)
    index = (order[:, :, None] * block + np.arange(block)).reshape(_RESAMPLES, -1)
    index = (index + rng.integers(0, n, size=(_RESAMPLES, 1)))[:, :n] % n
    found = _split_gains(ups_and_downs[index], least=_MIN_STRETCH).max(axis=1)
    gain = _split_gains(signal[None], least=1)[0, at - 1]
    return float((1 + (found >= gain - 1e-9).sum()) / (_RESAMPLES + 1))


def _split_gains(signals: Any, *, least: int) -> Any:
    """For each of many signals (signals × weeks × dimensions): how much squared error each split saves, from `least` weeks on either side."""
    n = signals.shape[1]
    k = np.arange(least, n - least + 1)
    left = np.cumsum(signals, axis=1)
    total, left = left[:, -1:, :], left[:, k - 1, :]
    gap = left / k[None, :, None] - (total - left) / (n - k)[None, :, None]
    return (gap**2).sum(axis=2) * (k * (n - k) / n)


def _date_cut(signal: Any, kept: Any, mondays: Any, cut: _Cut, *, silent: Any) -> dict[str, Any]:
    """The Monday a change begins on, and the 95 % interval of that Monday.

    Weeks set aside just before it belong to the side they fit; those below both rates (a holiday) fit neither, and their middle is taken. After a
    pause it begins with the first week that is no part of it.
    """
    places, used = np.flatnonzero(kept), signal[kept]
    before, after = used[cut.begin : cut.at].mean(axis=0), used[cut.at : cut.end].mean(axis=0)
    low, high = places[cut.at - 1] + 1, places[cut.at]
    between = signal[low:high]
    telling = (between >= np.minimum(before, after) - _SLACK).all(axis=1)
    lean = np.where(telling, ((between - before) ** 2 - (between - after) ** 2).sum(axis=1), 0)  # above 0: fits the time after
    fit = np.concatenate([[0], np.cumsum(lean)])
    begins = low + np.flatnonzero(fit <= fit.min() + 1e-9)
    if silent[low:high].any():
        begins = np.array([high])
    drawn = places[_redraw_cut(used[cut.begin : cut.end], cut.at - cut.begin) + cut.begin]
    ends = np.quantile(drawn, [0.025, 0.975], method="nearest").astype(int)
    days = mondays[[begins[len(begins) // 2], min(ends[0], begins[0]), max(ends[1], begins[-1])]]
    return {"date": days[0], "date_low": days[1], "date_high": days[2], "p": cut.p}


def _redraw_cut(signal: Any, at: int) -> Any:
    """Where the best split falls when each side's weeks are drawn again."""
    rng = np.random.default_rng(_SEED)
    n = len(signal)
    index = np.concatenate([rng.integers(0, at, size=(_REDRAWN, at)), rng.integers(at, n, size=(_REDRAWN, n - at))], axis=1)
    return _split_gains(signal[index], least=1).argmax(axis=1) + 1


def _describe_rate(counts: Any, cut: _Cut) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, part in (("before", counts[cut.begin : cut.at]), ("after", counts[cut.at : cut.end])):
        values, times = np.unique(part, return_counts=True)
        means = np.random.default_rng(_SEED).multinomial(len(part), times / len(part), size=_RESAMPLES) @ values / len(part)
        row[name] = part.mean()
        row[f"{name}_low"], row[f"{name}_high"] = np.quantile(means, [0.025, 0.975])
        row[f"pushes_{name}"] = int(part.sum())
    return row


def _is_apart(row: dict[str, Any]) -> bool:
    """Whether two rates differ enough to be worth a claim, and their intervals don't overlap."""
    less, more = sorted(("before", "after"), key=lambda name: row[name])
    return bool(row[more] >= MIN_RATIO * row[less] and row[f"{less}_high"] < row[f"{more}_low"])


def _weekly_directions(pushes: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame, list[Any]]]:
    """Per account: its weeks with a timed push as mean directions (week, x, y), and the angles of each of those weeks."""
    owners, owner = owners_of(pushes)
    timed = pushes["timed"].to_numpy()
    local = pushes["published_at"].dt.tz_localize(None).to_numpy("datetime64[us]")[timed]
    day = local.astype("datetime64[D]")
    angle = (local - day) / np.timedelta64(1, "D") * 2 * np.pi
    week = (day.astype("int64") + 3) // 7
    order = np.lexsort((angle, week, owner[timed]))
    whose, week, angle = owner[timed][order], week[order], angle[order]
    starts = np.flatnonzero((np.diff(whose, prepend=-1) != 0) | (np.diff(week, prepend=-1) != 0))
    n = np.diff(np.append(starts, len(week)))
    means = pd.DataFrame({"owner": whose[starts], "week": (week[starts] * 7 - 3).astype("datetime64[D]").astype("datetime64[us]")})
    means["x"] = np.add.reduceat(np.cos(angle), starts) / n if len(starts) else 0.0
    means["y"] = np.add.reduceat(np.sin(angle), starts) / n if len(starts) else 0.0
    split = np.split(angle, starts[1:])
    rows = []
    for number, (account_id, account) in enumerate(zip(owners["account_id"], owners["account"], strict=True)):
        low, high = np.searchsorted(means["owner"], [number, number + 1])
        rows.append((account_id, account, means.iloc[low:high], split[low:high]))
    return rows


def _describe_hour(parts: list[Any], cut: _Cut) -> dict[str, Any] | None:
    """Circular means before and after; None where either has no usual hour, or they lie less than an hour apart."""
    row: dict[str, Any] = {}
    for name, angles in (("before", np.concatenate(parts[cut.begin : cut.at])), ("after", np.concatenate(parts[cut.at : cut.end]))):
        mean = np.exp(1j * angles).mean()
        if abs(mean) < _MIN_GATHERED:
            return None
        index = np.random.default_rng(_SEED).integers(0, len(angles), size=(_REDRAWN, len(angles)))
        drawn = np.angle(np.exp(1j * angles)[index].mean(axis=1) / mean)
        low, high = np.quantile(drawn, [0.025, 0.975])
        row[name] = _hours(np.angle(mean))
        row[f"{name}_low"], row[f"{name}_high"] = _hours(np.angle(mean) + low), _hours(np.angle(mean) + high)
        row[f"pushes_{name}"] = len(angles)
    shift = abs(row["after"] - row["before"])
    return row if min(shift, 24 - shift) >= _MIN_SHIFT_H else None


def _hours(angle: float) -> float:
    return float(angle / (2 * np.pi) * 24 % 24)


def find_pauses(pushes: pd.DataFrame) -> pd.DataFrame:
    """Silences that are no part of the rhythm: 28 days or more, and at least twice as long as any other silence of the account.

    Days around 春节 don't count. At most three; needs 26 weeks from first to last push and 20 pushes. A silence after the last push can't be
    told from a history that is not held any further.

    Returns two rows per pause: kind "pause" dated the day after the last push before it, kind "resume" dated the day of the next push; before,
    after float64 pushes per week in the 26 weeks before and after, 0 during; the intervals and p are missing. Sorted by account, date.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    day = pushes["published_at"].dt.tz_localize(None).to_numpy("datetime64[D]")
    order = np.lexsort((day, owner))
    parts = np.split(day[order], np.flatnonzero(np.diff(owner[order])) + 1)
    names = dict(enumerate(zip(owners["account_id"], owners["account"], strict=True)))
    rows = []
    for number, days in enumerate(parts if len(owners) else []):
        for last, first in _silences(days):
            before = int(((days > last - _AROUND_DAYS * _DAY) & (days <= last)).sum())
            after = int(((days >= first) & (days < first + _AROUND_DAYS * _DAY)).sum())
            rate = before / min(_AROUND_DAYS, int((last - days[0]) / _DAY) + 1) * 7, after / min(_AROUND_DAYS, int((days[-1] - first) / _DAY) + 1) * 7
            whose = {"account_id": names[number][0], "account": names[number][1]}
            rows.append({**whose, "kind": "pause", "date": last + _DAY, "before": rate[0], "after": 0.0, "pushes_before": before, "pushes_after": 0})
            rows.append({**whose, "kind": "resume", "date": first, "before": 0.0, "after": rate[1], "pushes_before": 0, "pushes_after": after})
    return _table(rows)


def _silences(days: Any) -> list[tuple[Any, Any]]:
    """The pauses among an account's push days (sorted): (last day before, first day after), in order of time."""
    if len(days) < _PAUSE_PUSHES or days[-1] - days[0] < MIN_WEEKS * 7 * _DAY:
        return []
    gap = np.diff(days).astype("int64") - spring_days(days[:-1] + _DAY, days[1:])
    longest = np.argsort(-gap, kind="stable")[: _PAUSES + 1]
    for count in range(min(_PAUSES, len(gap) - 1), 0, -1):
        if gap[longest[count - 1]] >= max(_PAUSE_DAYS, _PAUSE_TIMES * gap[longest[count]]):
            return [(days[at], days[at + 1]) for at in sorted(longest[:count])]
    return []


def _pauses_by_account(pushes: pd.DataFrame) -> dict[str, list[tuple[Any, Any]]]:
    found = find_pauses(pushes)
    days = found["date"].to_numpy().astype("datetime64[D]")
    spans: dict[str, list[tuple[Any, Any]]] = {}
    for account_id, begin, end in zip(found["account_id"][::2], days[::2], days[1::2], strict=True):
        spans.setdefault(account_id, []).append((begin, end))
    return spans


def _inside(mondays: Any, spans: list[tuple[Any, Any]]) -> Any:
    """Weeks with a day of a pause in them."""
    inside = np.zeros(len(mondays), dtype=bool)
    for begin, end in spans:
        inside |= (mondays + 6 * _DAY >= begin) & (mondays < end)
    return inside


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=dtype) for column, dtype in CHANGES.items()})
