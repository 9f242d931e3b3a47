"""ACCOUNTS.toml: what is allowed, and where a mistake stands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from crawler.accounts_file import AccountsFileError, load_accounts_file
from crawler.records import BEIJING
from tests.support.places import ROOT

GOOD = """permission = "账号主人本人同意"
delay = 8

[[accounts]]
name = "半间厨房"
id = "MzkwMDAwMDAwMg=="
brand = "半间"
role = "direct"
urls = ["http://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=1&idx=1&chksm=9#rd"]
albums = ["20001", "https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&album_id=20002"]
feeds = ["https://feeds.example.org/banjian.xml"]
files = ["saved/*.html"]
since = 2025-01-31
limit = 50
[accounts.facts]
"团队" = "3 人"
followers = 12000

[[accounts]]
id = "gh_0000000000a9"
"""


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(GOOD, encoding="utf-8")
    wanted = load_accounts_file(path)
    first, second = wanted.accounts
    assert (wanted.permission, wanted.delay, wanted.daily_cap) == ("账号主人本人同意", 8, 500)
    assert (first.account.biz, first.account.brand, first.account.role, first.account.facts) == (
        "MzkwMDAwMDAwMg==",
        "半间",
        "direct",
        {"团队": "3 人", "followers": "12000"},
    )
    assert first.urls == ("https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=1&idx=1",)
    assert (first.albums, first.feeds, first.files, first.limit) == (
        ("20001", "20002"),
        ("https://feeds.example.org/banjian.xml",),
        ("saved/*.html",),
        50,
    )
    assert first.since == datetime(2025, 1, 31, tzinfo=BEIJING)
    assert (second.account.user_name, second.label) == ("gh_0000000000a9", "gh_0000000000a9")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('role = "direct"', 'role = "rival"', 8, "own、direct、adjacent、benchmark"),
        ("limit = 50", "limits = 50", 14, "不认识的键 'limits'"),
        ("delay = 8", "dealy = 8", 2, "不认识的键 'dealy'"),
        ("delay = 8", "delay = -1", 2, "0 到 3600"),
        ("limit = 50", "limit = 0", 14, "limit = 0"),
        ("http://mp.weixin.qq.com/s?", "http://example.com/s?", 9, "不是文章链接"),
        (
            "http://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=1&idx=1&chksm=9#rd",
            "https://mp.weixin.qq.com/s?src=1&timestamp=2&signature=x",
            9,
            "临时链接",
        ),
        ('"20001"', '"abc"', 10, "不是合集"),
        ("https://feeds", "ftp://feeds", 11, "不是订阅地址"),
        ("since = 2025-01-31", 'since = "去年"', 13, "不是日期"),
        ('id = "MzkwMDAwMDAwMg=="', 'id = "banjian"', 6, "写 biz"),
        ('urls = ["', 'urls = "', 9, "TOML"),
        ('files = ["saved/*.html"]', "files = 3", 12, "字符串的列表"),
        ('name = "半间厨房"', 'name = ""', 5, "要写成文字"),
        ('id = "gh_0000000000a9"', 'role = "own"', 19, "要有 name 或 id"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    path = tmp_path / "accounts.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AccountsFileError) as error:
        load_accounts_file(path)
    assert f"第 {line} 行" in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "至少要有一段"),
        ("accounts = 3", "至少要有一段"),
        ("[[accounts]]\nname = 'x'\nfacts = 1", "一节"),
    ],
)
def test_a_file_without_accounts_says_so(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AccountsFileError, match=told):
        load_accounts_file(path)


def test_a_missing_or_wrongly_encoded_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(AccountsFileError, match="没有这个文件"):
        load_accounts_file(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes(GOOD.encode("gbk"))
    with pytest.raises(AccountsFileError, match="UTF-8"):
        load_accounts_file(tmp_path / "gbk.toml")


def test_the_example_is_a_good_file() -> None:
    wanted = load_accounts_file(ROOT / "data" / "accounts.example.toml")
    assert {watched.account.role for watched in wanted.accounts} == {
        "own",
        "direct",
        "adjacent",
        "benchmark",
    }
