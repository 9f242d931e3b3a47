"""How much of a history is held, and how that is known."""

from __future__ import annotations

from typing import Any

from crawler.store.coverage import AccountCoverage, state_coverage

ACCOUNT = {
    "account_pk": 1,
    "account_id": "biz",
    "name": "半间厨房",
    "role": "direct",
    "names": ["半间厨房"],
}


def article(
    mid: str | None,
    idx: int | None,
    *,
    size: int | None = None,
    status: str = "listed",
    at: int = 100,
) -> dict[str, Any]:
    return {
        "account_id": 1,
        "mid": mid,
        "idx": idx,
        "status": status,
        "published_at": at,
        "url": "https://mp.weixin.qq.com/s/x",
        "more": f'{{"push_size":{size}}}' if size else "{}",
    }


def album(count: int | None, known: int, *, numbered: bool = False) -> dict[str, Any]:
    return {
        "album_id": "9",
        "account_id": 1,
        "article_count": count,
        "known": known,
        "numbered": numbered,
    }


def state(
    articles: list[dict[str, Any]],
    albums: list[dict[str, Any]] | None = None,
    items: list[tuple[str, int, int | None]] | None = None,
) -> AccountCoverage:
    return state_coverage(
        [ACCOUNT], articles, [(1, "page", 1), (1, "album", 2)], albums or [], items or []
    )[0]


def test_an_album_that_claims_more_than_is_known_bounds_the_share() -> None:
    one = state([article("1", 1), article("2", 1)], [album(10, 2)])
    assert (one.articles, one.missing, one.coverage, one.album_held, one.album_claimed) == (
        2,
        8,
        0.2,
        2,
        10,
    )
    assert one.basis == "合集写明 10 篇，已知 2 篇"


def test_slots_left_out_are_counted_from_the_size_a_page_states_and_from_the_last_slot() -> None:
    one = state([article("1", 1, size=3), article("2", 4)])
    assert (one.pushes, one.pushes_sized, one.slot_gaps, one.missing) == (2, 1, 2 + 3, 5)
    assert one.coverage is None  # what is outside the known pushes is unknown
    assert one.basis.endswith("没有合集可对照，全貌未知")


def test_numbers_left_out_in_a_numbered_album_are_counted() -> None:
    one = state(
        [article("1", 1), article("2", 1)], [album(5, 2, numbered=True)], [("9", 1, 1), ("9", 2, 5)]
    )
    assert one.number_gaps == 3
    assert "合集编号缺 3 个" in one.basis


def test_where_nothing_tells_coverage_is_unknown_and_says_so() -> None:
    one = state([article(None, None)])
    assert (one.coverage, one.basis) == (None, "没有合集可对照，全貌未知")
    assert state([]).basis == "还没有文章"


def test_counts_by_status_and_source_and_what_is_to_fetch() -> None:
    one = state(
        [
            article("1", 1, status="fetched", at=50),
            article("2", 1),
            article("3", 1, status="deleted", at=200),
        ]
    )
    assert (one.by_status, one.by_source, one.to_fetch, one.first, one.last) == (
        {"deleted": 1, "fetched": 1, "listed": 1},
        {"album": 2, "page": 1},
        1,
        50,
        200,
    )
