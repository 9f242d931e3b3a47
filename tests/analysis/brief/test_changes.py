"""Changed since the last brief is what dated articles show; what was only collected since is never
called a change.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.brief.changes import AccountSince, SinceLast, compare_briefs
from analysis.brief.page import render_brief
from analysis.brief.record import OldBrief, load_record, pack_record
from analysis.brief.summary import BriefSummary
from tests.support.small_briefs import brief_of, weekly
from tests.support.small_frames import MADE_ON

Rows = list[dict[str, Any]]


def old_of(brief: BriefSummary, folder: Path) -> OldBrief:
    path = folder / "old.json"
    path.write_bytes(pack_record(brief))
    return load_record(path)


def compare(before: Rows, after: Rows, folder: Path, **more: Any) -> SinceLast:
    return compare_briefs(brief_of(after, **more), old_of(brief_of(before, **more), folder))


def only(since: SinceLast) -> AccountSince:
    (one,) = since.accounts
    return one


def up_to(rows: Rows, day: str) -> Rows:
    return [row for row in rows if row["published_at"] < day]


def slowing(account: str) -> Rows:
    """Six pushes a week for half a year up to the end of August, then one."""
    later = weekly(account, weeks=26, days=(0,), start=datetime(2026, 8, 31))
    return [
        *weekly(account, weeks=26, days=(0, 1, 2, 3, 4, 5)),
        *(
            row | {"push_id": f"later {row['push_id']}", "title": f"{row['title']}后"}
            for row in later
        ),
    ]


STEADY = weekly("甲", weeks=30, days=(0, 2, 4))


def test_the_same_brief_has_nothing_to_tell(tmp_path: Path) -> None:
    one = only(compare(STEADY, STEADY, tmp_path))
    assert (one.pushes_since, one.pushes_filled_in, one.changed, one.seen_now) == (0, 0, (), ())


def test_pushes_after_the_last_day_held_and_pushes_filled_in_before_it_are_told_apart(
    tmp_path: Path,
) -> None:
    held = [row for number, row in enumerate(up_to(STEADY, "2026-06-01")) if number % 3]
    one = only(compare(held, STEADY, tmp_path))
    late = [row for row in STEADY if row["published_at"] > held[-1]["published_at"]]
    assert one.pushes_since == len(late)
    assert one.pushes_filled_in == len(STEADY) - len(late) - len(held)
    assert one.pushes_per_week_since is not None


def test_a_longer_history_is_no_change(tmp_path: Path) -> None:
    """The rate changed in June; the first brief held only what came after. The second sees it: new
    to us, not since then.
    """
    rows = slowing("甲")
    one = only(
        compare([row for row in rows if row["published_at"] >= "2026-08-31"], rows, tmp_path)
    )
    assert one.changed == ()
    assert len(one.seen_now) == 1
    assert "补收" in one.seen_now[0]
    assert one.pushes_filled_in == 26 * 6


def test_a_rhythm_that_changed_after_the_last_brief_is_a_change(tmp_path: Path) -> None:
    rows = slowing("甲")
    one = only(compare(up_to(rows, "2026-08-25"), rows, tmp_path))
    assert [sentence[:26] for sentence in one.changed] == ["2026-08-31 起每周推送由 6.0 次变为 "]
    assert one.seen_now == ()
    again = only(compare(rows, rows, tmp_path))
    assert again.changed == ()


def test_a_column_that_began_since_is_new_and_one_that_was_there_is_only_seen_now(
    tmp_path: Path,
) -> None:
    began = weekly("甲", weeks=20, days=(0, 3)) + weekly(
        "甲", weeks=6, days=(1,), column="避坑", start=datetime(2026, 6, 9)
    )
    one = only(compare(up_to(began, "2026-06-05"), began, tmp_path))
    assert next(sentence for sentence in one.changed if "避坑" in sentence).startswith("新开栏目")
    there = weekly("甲", weeks=20, days=(0, 3)) + weekly("甲", weeks=18, days=(1,), column="避坑")
    one = only(compare([row for row in there if "避坑" not in row["title"]], there, tmp_path))
    assert one.changed == ()
    assert any("避坑" in sentence and "上次没认出来" in sentence for sentence in one.seen_now)


def test_a_column_that_stopped_while_the_account_went_on_has_stopped(tmp_path: Path) -> None:
    rows = weekly("甲", weeks=12, days=(1,), column="避坑") + weekly("甲", weeks=30, days=(0, 3))
    one = only(compare(up_to(rows, "2026-05-20"), rows, tmp_path))
    (told,) = (sentence for sentence in one.changed if "避坑" in sentence)
    assert "已停" in told
    assert "2026-05-19" in told
    same = only(compare(up_to(rows, "2026-05-20"), [*up_to(rows, "2026-05-20")], tmp_path))
    assert same.changed == ()


def test_accounts_that_joined_and_left_are_named_and_not_compared(tmp_path: Path) -> None:
    since = compare([*STEADY, *weekly("乙")], [*STEADY, *weekly("丙")], tmp_path)
    assert (since.joined, since.left) == (("丙",), ("乙",))
    assert [one.account.account for one in since.accounts] == ["甲"]


def test_of_an_account_of_which_nothing_was_held_all_is_filled_in(tmp_path: Path) -> None:
    undated = [STEADY[0] | {"published_at": None, "time_precision": "none"}]
    one = only(compare(undated, STEADY, tmp_path))
    assert (one.since, one.pushes_since, one.pushes_filled_in, one.pushes_per_week_since) == (
        None,
        0,
        len(STEADY),
        None,
    )
    assert one.changed == ()


def test_fewer_articles_than_then_are_said_so(tmp_path: Path) -> None:
    one = only(
        compare(
            STEADY,
            [row for number, row in enumerate(STEADY) if number % 3 or number == len(STEADY) - 1],
            tmp_path,
        )
    )
    assert one.pushes_filled_in < 0


def test_the_page_says_what_changed_and_what_did_not(tmp_path: Path) -> None:
    rows = slowing("<b>甲")
    now = brief_of(rows)
    page = render_brief(
        now, since=compare_briefs(now, old_of(brief_of(up_to(rows, "2026-08-25")), tmp_path))
    )
    assert 'id="since"' in page
    assert f"上一份简报是 {MADE_ON:%Y-%m-%d} 的" in page
    assert "<b>甲" not in page
    assert "变了的" in page
    assert 'id="since"' not in render_brief(now)
