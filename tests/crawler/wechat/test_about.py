"""WeChat's page about an account."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.importer import import_files
from crawler.reparse import reparse
from crawler.store import Store
from crawler.wechat.about import is_about_page, parse_about_page

ITEM = '<div class="item-info basic-info"><div class="item-title">{}</div>{}</div>'
TEXT = '<div class="item-desc">{}</div>'
OWNER = "青石镇灶间食品有限公司"
LINK = '<a href="http://mp.weixin.qq.com/mp/getverifyinfo?__biz={}#x" class="item-desc">{}</a>'


def page(*items: tuple[str, str], biz: str | None = "MzkwMDAwMDAwMQ==", records: str = "") -> bytes:
    owner = (
        LINK.format(biz, "青石镇灶间食品有限公司") if biz else TEXT.format("青石镇灶间食品有限公司")
    )
    blocks = "".join(ITEM.format(name, TEXT.format(text)) for name, text in items)
    tools = "".join(f'<p class="principal-data">{tool} <i></i></p>' for tool in ("秀米", "壹伴"))
    names = "".join(f'<p class="principal-data">{record}</p>' for record in records.split("|"))
    return (
        '<!DOCTYPE html><html><head><title>关于公众号</title></head><body><div class="about-page">'
        f"{blocks}{ITEM.format('认证主体', owner)}"
        f"{ITEM.format('授权第三方服务', TEXT.format(tools))}"
        f"{ITEM.format('名称记录', TEXT.format(names)) if records else ''}</div>"
        "<script>window.ip_wording = {countryName: '中国', provinceName: '浙江'};</script>"
        "</body></html>"
    ).encode()


ITEMS = (("公众号简介", "一口锅，一把勺。"), ("微信号", "qingshi_zaojian"), ("认证类型", "企业"))
RECORDS = "2024年03月05日 “青石厨房”改名“青石灶间”|2019年08月27日 注册“青石厨房”"


def test_the_page_states_who_runs_the_account() -> None:
    raw = page(*ITEMS, records=RECORDS)
    assert is_about_page(raw)
    account = parse_about_page(raw)
    assert account is not None
    assert (account.biz, account.name) == ("MzkwMDAwMDAwMQ==", "青石灶间")
    assert (account.alias, account.subject) == ("qingshi_zaojian", "青石镇灶间食品有限公司")
    assert account.signature == "一口锅，一把勺。"
    assert account.about == {
        "认证类型": "企业",
        "IP属地": "浙江",
        "授权第三方": "秀米、壹伴",
        "注册时间": "2019年08月27日",
        "名称记录": "2024年03月05日“青石厨房”改名“青石灶间”；2019年08月27日注册“青石厨房”",
    }


def test_the_address_it_was_saved_from_tells_which_account() -> None:
    raw = page(*ITEMS, biz=None)
    assert parse_about_page(raw) is None
    url = "https://mp.weixin.qq.com/mp/aboutbiz?__biz=MzkwMDAwMDAwMg%3D%3D&scene=1"
    account = parse_about_page(raw, url=url)
    assert account is not None
    assert account.biz == "MzkwMDAwMDAwMg=="


def test_a_gh_id_is_no_wechat_id() -> None:
    account = parse_about_page(page(("微信号", "gh_0000000000a1"), biz=None))
    assert account is not None
    assert (account.user_name, account.alias) == ("gh_0000000000a1", None)


def test_what_it_states_is_the_accounts_and_survives_reading_again(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "about.html"
    path.write_bytes(page(*ITEMS, records=RECORDS))
    (report,) = import_files(store, [path])
    assert (report.error, report.status, report.account) == (None, "about", "青石灶间")
    (before,) = store.accounts()
    assert before["about"]["IP属地"] == "浙江"
    assert before["subject"] == "青石镇灶间食品有限公司"
    assert list(reparse(store))[-1].pages == 1
    assert store.accounts() == [before]
    assert list(store.articles()) == []


def test_a_page_of_nobody_is_one_clear_line(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "about.html"
    path.write_bytes(page(*ITEMS, biz=None))
    (report,) = import_files(store, [path])
    assert report.error is not None
    assert "没写是哪个号" in report.error


@pytest.mark.parametrize("cut", [200, 400, 600, 800])
def test_a_cut_page_is_read_as_far_as_it_goes(cut: int) -> None:
    parse_about_page(page(*ITEMS, records=RECORDS)[:cut])
