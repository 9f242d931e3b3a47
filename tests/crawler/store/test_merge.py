"""What many sources say of one article comes to the same, whatever came first."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from crawler.store.merge import Claim, disagreements, field_origins, merge_account, merge_article

PAGE = Claim(
    "page",
    200,
    {
        "title": "终稿",
        "published_at": 1000,
        "time_precision": "second",
        "author": "阿禾",
        "status": "fetched",
        "album_ids": ["2"],
    },
)
ALBUM = Claim(
    "album",
    300,
    {
        "title": "初稿",
        "published_at": 990,
        "time_precision": "second",
        "album_ids": ["1"],
        "pos_num": 3,
    },
)
TABLE = Claim(
    "table", 900, {"title": "初稿", "published_at": 0, "time_precision": "day", "digest": "摘要"}
)


def test_the_stronger_source_wins_field_by_field_and_gaps_are_filled() -> None:
    expected = {
        "title": "终稿",
        "published_at": 1000,
        "time_precision": "second",
        "author": "阿禾",
        "status": "fetched",
        "album_ids": ["1", "2"],
        "pos_num": 3,
        "digest": "摘要",
    }
    assert all(merge_article(order) == expected for order in permutations([PAGE, ALBUM, TABLE]))


def test_a_finer_time_beats_a_stronger_source() -> None:
    day = Claim("page", 1, {"published_at": 0, "time_precision": "day"})
    second = Claim("table", 1, {"published_at": 77, "time_precision": "second"})
    assert merge_article([day, second])["published_at"] == 77


def test_the_newest_look_at_the_page_decides_its_status_and_content_stays() -> None:
    gone = Claim("page", 500, {"status": "deleted", "status_reason": "该内容已被发布者删除"})
    merged = merge_article([gone, PAGE])
    assert (merged["status"], merged["status_reason"], merged["title"]) == (
        "deleted",
        "该内容已被发布者删除",
        "终稿",
    )
    assert merge_article([ALBUM])["title"] == "初稿"
    assert merge_article([ALBUM, Claim("table", 1, {"status": "deleted"})])["status"] == "deleted"


def test_every_field_knows_its_origin() -> None:
    origins = field_origins([TABLE, ALBUM, PAGE])
    assert (origins["title"], origins["pos_num"], origins["digest"], origins["album_ids"]) == (
        "page",
        "album",
        "table",
        "several",
    )


def test_disagreements_are_named() -> None:
    assert disagreements([PAGE, ALBUM]) == ["title"]
    assert disagreements(
        [PAGE, Claim("feed", 1, {"published_at": 2000, "time_precision": "second"})]
    ) == ["published_at"]
    assert disagreements([PAGE]) == []


def test_the_newest_name_is_shown_and_all_are_kept() -> None:
    claims = [
        Claim("page", 1, {"name": "旧名", "biz": "b"}),
        Claim("album", 9, {"name": "新名"}),
        Claim("accounts file", 99, {"name": "我们叫它", "role": "direct"}),
    ]
    assert all(
        merge_account(order)
        == {"biz": "b", "role": "direct", "name": "新名", "names": ["我们叫它", "新名", "旧名"]}
        for order in permutations(claims)
    )


_SAID = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["甲", "乙"]),
        "author": st.sampled_from(["a", "b"]),
        "published_at": st.integers(0, 9),
        "time_precision": st.sampled_from(["second", "day"]),
    },
)


@given(
    st.lists(
        st.builds(
            Claim, st.sampled_from(["page", "album", "table", "link"]), st.integers(0, 3), _SAID
        ),
        min_size=1,
        max_size=4,
    ),
    st.randoms(),
)
def test_order_of_arrival_never_matters(claims: list[Claim], random: object) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge_article(claims) == merge_article(shuffled)
