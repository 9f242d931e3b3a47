"""Times: every usual form, zone and precision decided from the data."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.formats.tables.time_inference import (
    PrecisionDecision,
    TimeTally,
    decide_precision,
    decide_zone,
    settle_time,
)
from crawler.records import BEIJING
from crawler.times import Moment, ZoneDecision, parse_time, seconds_of, too_early_or_late

EIGHT = int(datetime(2025, 6, 1, 8, 5, tzinfo=UTC).timestamp())
NINE = EIGHT + 9
DAY = int(datetime(2025, 6, 1, tzinfo=UTC).timestamp())
HOURS = st.datetimes(datetime(2012, 8, 2), datetime(2035, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-06-01", Moment(DAY, precision="day")),
        ("2025.06.01", Moment(DAY, precision="day")),
        ("20250601", Moment(DAY, precision="day")),
        (20250601, Moment(DAY, precision="day")),
        ("2025年6月1日", Moment(DAY, precision="day")),
        ("Jun 1, 2025", Moment(DAY, precision="day")),
        ("1 June 2025", Moment(DAY, precision="day")),
        ("2025/6/1 8:05", Moment(EIGHT, precision="minute")),
        ("2025年6月1日 08:05", Moment(EIGHT, precision="minute")),
        ("2025年6月1日（周日）08:05", Moment(EIGHT, precision="minute")),
        ("2025年6月1日8时5分", Moment(EIGHT, precision="minute")),
        ("２０２５－０６－０１　０８：０５", Moment(EIGHT, precision="minute")),
        ("2025-06-01 上午8:05", Moment(EIGHT, precision="minute")),
        ("2025/6/1 早上 8:05", Moment(EIGHT, precision="minute")),
        ("Jun 1, 2025 8:05 AM", Moment(EIGHT, precision="minute")),
        ("2025年6月1日08:05:09", Moment(NINE)),
        ("2025-06-01T08:05:09", Moment(NINE)),
        ("2025-06-01T08:05:09Z", Moment(NINE, "utc")),
        ("2025-06-01T08:05:09.123Z", Moment(NINE, "utc")),
        ("2025-06-01 08:05:09+00:00", Moment(NINE, "utc")),
        ("2025-06-01T08:05:09.123+0800", Moment(NINE, "offset", 28800)),
        ("2025-06-01 08:05:09 +0800 CST", Moment(NINE, "offset", 28800)),
        ("Sun, 01 Jun 2025 08:05:09 GMT", Moment(NINE, "utc")),
        ("Sun, 01 Jun 2025 08:05:09 +0800", Moment(NINE, "offset", 28800)),
        ("Sun Jun 01 2025 08:05:09 GMT+0800 (中国标准时间)", Moment(NINE, "offset", 28800)),
        (str(NINE), Moment(NINE, "offset")),
        (NINE * 1000, Moment(NINE, "offset")),
        ("20250601080509", Moment(NINE)),
        (45809.5, Moment(DAY + 43200)),
        ("45809", Moment(DAY, precision="day", cell=True)),
        (date(2025, 6, 1), Moment(DAY, precision="day", cell=True)),
        (datetime(2025, 6, 1, 8, 5, 9), Moment(NINE)),
        (datetime(2025, 6, 1, 8, 5, 9, tzinfo=BEIJING), Moment(NINE, "offset", 28800)),
    ],
)
def test_usual_forms_are_read(text: object, moment: Moment) -> None:
    assert parse_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "3天前",
        "刚刚",
        "6月1日",
        "2025-06",
        "2025-13-01",
        "2025-02-30",
        "2025-06-01 24:00",
        "2025-06-01 25:00",
        "6/2/2026",
        "晚上8点",
        "d",
        "2025-06-01 晚上12:05",
        "2025-06-01 上午下午8:05",
        "2025-06-01 08:05:09+99:00",
        "May",
        "x" * 5000,
        True,
        None,
        float("nan"),
        float("inf"),
        -1,
        [2025],
    ],
)
def test_what_is_no_time_is_none(text: object) -> None:
    assert parse_time(text) is None


def test_afternoon_and_midnight_of_the_twelve_hour_clock() -> None:
    hours = {
        text: parse_time(f"2025-06-01 {text}")
        for text in (
            "下午3:05",
            "上午12:05",
            "下午12:05",
            "中午12:05",
            "凌晨1:05",
            "晚上9:05",
            "下午15:05",
        )
    }
    assert {text: moment.wall // 3600 % 24 for text, moment in hours.items() if moment} == dict(
        zip(hours, (15, 0, 12, 12, 1, 21, 15), strict=True)
    )


FORMS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y%m%d%H%M%S",
    "%b %d, %Y %H:%M:%S",
    "%d %B %Y %H:%M:%S",
]


@given(at=HOURS, form=st.sampled_from(FORMS))
def test_any_naive_time_comes_back_from_any_form(at: datetime, form: str) -> None:
    moment = parse_time(at.strftime(form))
    assert moment is not None
    assert (
        datetime.fromtimestamp(seconds_of(moment, ZoneDecision()), BEIJING).replace(tzinfo=None)
        == at
    )


@given(at=HOURS)
def test_any_moment_comes_back_from_any_absolute_form(at: datetime) -> None:
    exact = at.replace(tzinfo=BEIJING)
    seconds = int(exact.timestamp())
    forms = [
        exact.isoformat(),
        exact.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        format_datetime(exact),
        seconds,
        seconds * 1000,
        str(seconds),
        exact,
    ]
    assert {seconds_of(moment, ZoneDecision()) for moment in map(parse_time, forms) if moment} == {
        seconds
    }


@given(at=HOURS)
def test_any_serial_of_a_spreadsheet_comes_back(at: datetime) -> None:
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    moment = parse_time(serial)
    assert moment is not None
    assert moment.wall == int(at.replace(tzinfo=UTC).timestamp())


@given(st.text(max_size=40) | st.from_regex(r"[0-9年月日:/. TZ+-]{0,30}"))
def test_no_text_breaks_it(text: str) -> None:
    moment = parse_time(text)
    assert moment is None or isinstance(moment.wall, int)


def day_of_pushes(hours: range, *, zone: str = "none", n: int = 60) -> list[Moment]:
    return [
        Moment(DAY + 86400 * i + hours[i % len(hours)] * 3600 + i % 3000, zone) for i in range(n)
    ]


def test_z_on_local_times_is_seen_by_what_would_lie_at_night() -> None:
    choice = decide_zone(day_of_pushes(range(9, 23), zone="utc"))
    assert (choice.naive, choice.utc) == (28800, 28800)
    assert "按北京时间算" in choice.reason


def test_true_utc_is_believed() -> None:
    assert decide_zone(day_of_pushes(range(15), zone="utc")) == ZoneDecision()


def test_naive_times_that_are_clearly_utc_are_shifted() -> None:
    choice = decide_zone(day_of_pushes(range(14)))
    assert (choice.naive, choice.utc) == (0, 0)
    assert "UTC" in choice.reason


@pytest.mark.parametrize(
    "moments",
    [
        day_of_pushes(range(9, 23), zone="utc", n=29),  # too few
        day_of_pushes(range(5, 6)),  # a scheduled push at five is no proof
        day_of_pushes(range(9, 23)),
        [
            Moment(m.wall, "offset", 0) for m in day_of_pushes(range(9, 23))
        ],  # explicit, at night or not
        [],
    ],
)
def test_without_a_clear_margin_what_is_written_is_believed(moments: list[Moment]) -> None:
    assert decide_zone(moments) == ZoneDecision()


def moments(*texts: str) -> list[Moment]:
    return [moment for moment in map(parse_time, texts) if moment]


def test_dates_are_days_and_clock_times_are_minutes() -> None:
    some = moments("2025-06-01", "2025-06-02 08:05", "2025-06-03 08:05:09")
    choice = decide_precision(some)
    assert [settle_time(one, ZoneDecision(), choice)[1] for one in some] == [
        "day",
        "minute",
        "second",
    ]


def test_three_bare_midnights_are_days_but_one_other_time_keeps_them_all() -> None:
    bare = moments("2025-06-01 00:00:00", "2025-06-02 00:00:00", "2025-06-03 00:00:00")
    assert decide_precision(bare).precision == "day"
    assert decide_precision([*bare, *moments("2025-06-04 20:00:01")]).precision == "second"


def test_two_midnights_follow_the_file() -> None:
    two = moments("2025-06-01 00:00:00", "2025-06-02 00:00:00")
    assert decide_precision(two).precision == "second"
    assert (
        decide_precision(two, whole=TimeTally.of([*two, *moments("2025-06-03 00:00:00")])).precision
        == "day"
    )
    assert (
        decide_precision(two, whole=TimeTally.of([*two, *moments("2025-06-03 08:00:01")])).precision
        == "second"
    )


def test_a_day_a_script_turned_into_utc_is_its_beijing_day() -> None:
    some = moments(
        "2025-05-31T16:00:00.000Z", "2025-06-01T16:00:00.000Z", "2025-06-02T16:00:00.000Z"
    )
    choice = decide_precision(some)
    assert choice.precision == "day"
    assert settle_time(some[0], ZoneDecision(), choice) == (DAY - 28800, "day")


def test_whole_days_of_a_spreadsheet_are_days_unless_the_account_has_times() -> None:
    cells = [Moment(DAY + 86400 * i, precision="day", cell=True) for i in range(3)]
    assert settle_time(cells[0], ZoneDecision(), decide_precision(cells[:1])) == (
        DAY - 28800,
        "day",
    )
    assert settle_time(
        cells[0], ZoneDecision(), decide_precision([*cells, *moments("2025-06-05 20:00:01")])
    ) == (DAY - 28800, "second")


def test_seconds_that_are_always_zero_are_minutes_from_twenty_on() -> None:
    some = moments(*(f"2025-06-{day:02d} 08:05:00" for day in range(1, 21)))
    assert decide_precision(some).precision == "minute"
    assert decide_precision(some[:19]).precision == "second"
    assert (
        decide_precision(
            some[:5], whole=TimeTally.of([*some, *moments("2025-06-22 08:05:09")])
        ).precision
        == "second"
    )


def test_the_tally_of_parts_is_the_tally_of_all() -> None:
    some = moments(
        "2025-06-01",
        "2025-06-02 08:05",
        "2025-06-03T00:00:00Z",
        "2025-06-03 16:00:00+00:00",
        "2025-06-03 00:00:00+08:00",
    )
    parts = TimeTally.of(some[:2])
    parts.merge(TimeTally.of(some[2:]))
    assert parts == TimeTally.of(some)


def test_before_official_accounts_and_in_the_future_are_refused() -> None:
    now = EIGHT
    first = int(datetime(2012, 8, 1, tzinfo=BEIJING).timestamp())
    assert [
        too_early_or_late(at, now) is None
        for at in (first - 1, first, now + 2 * 86400, now + 2 * 86400 + 1)
    ] == [False, True, True, False]


def column(path: Path, name: str, *by: str) -> dict[tuple[str, ...], list[str]]:
    found = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[tuple(row[one] for one in by)].append(row[name])
    return found


def test_the_trap_is_read_as_beijing_time(sets: Path) -> None:
    times = column(sets / "trap_times_and_junk_reads.csv.gz", "p_date")[()]
    assert decide_zone(m for m in map(parse_time, times) if m).utc == 28800


def test_no_real_account_is_taken_for_another_zone_and_no_midnight_is_lost(sets: Path) -> None:
    accounts = column(sets / "scholar_histories.csv.gz", "publish_time", "gh_id")
    whole = TimeTally.of(m for times in accounts.values() for m in map(parse_time, times) if m)
    for times in accounts.values():
        naive = [m for m in (parse_time(text[:19]) for text in times) if m]
        assert decide_zone(naive) == ZoneDecision()
        assert (
            decide_zone([m._replace(wall=m.wall - 28800, zone="utc") for m in naive])
            == ZoneDecision()
        )
        assert decide_precision(naive, whole=whole) == PrecisionDecision("second")
