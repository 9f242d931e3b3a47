"""Fixed parts, lead-ins, editors and headings, each with the words or marks that show it."""

from __future__ import annotations

import pytest

from analysis.layout.body.profile import StyleProfile, measure_style

FILLER = "".join(
    f"<p>这是第{number}段正文，写得不长也不短，只为占住地方。</p>" for number in range(20)
)


def words_of(entries: list[str], name: str) -> list[str]:
    return [entry.partition(":")[2] for entry in entries if entry.startswith(f"{name}:")]


@pytest.mark.parametrize(
    ("html", "part", "word"),
    [
        ("<p>点击上方蓝字，关注我们</p>" + FILLER, "top_guide", "点击上方蓝字，关注"),
        (FILLER + "<p>往期推荐</p>", "related", "往期推荐"),
        (FILLER + "<p>点个在看再走</p>", "looking", "点个在看"),
        (FILLER + "<p>点击阅读原文报名</p>", "read_more", "点击阅读原文"),
        (FILLER + "<p>长按识别二维码</p>", "qr", "长按识别二维码"),
        (FILLER + '<img data-ratio="1" data-w="430">', "qr", "末尾方图"),
        ("<p>一</p><hr><p>二</p>", "divider", "hr"),
        (
            '<p>一</p><section style="border-top:1px solid #ddd"></section><p>二</p>',
            "divider",
            "线",
        ),
        ('<p>一</p><section style="height:2px;background:#eee"></section>', "divider", "线"),
        ("<p>一</p><p>———END———</p><p>二</p>", "divider", "———END———"),
        (f"<blockquote>{FILLER}</blockquote>", "quote", "blockquote"),
        (
            '<mp-common-profile data-nickname="x"></mp-common-profile>',
            "name_card",
            "mp-common-profile",
        ),
        ('<a class="weapp_text_link">进</a>', "mini_program", "a"),
        ('<p data-miniprogram-appid="x">进</p>', "mini_program", "p"),
        ("<mp-common-product></mp-common-product>", "product", "mp-common-product"),
        ('<iframe class="vote_iframe"></iframe>', "vote", "iframe"),
        (FILLER + "<p>喜欢作者，赞赏一下</p>", "reward", "喜欢作者"),
        ("<p>本文为品牌推广</p>", "ad", "本文为品牌推广"),
        (FILLER + "<p>商务合作请发邮件</p>", "contact", "商务合作"),
    ],
)
def test_a_fixed_part_is_named_with_what_shows_it(html: str, part: str, word: str) -> None:
    found = measure_style(html)
    assert part in found.parts
    assert word in words_of(found.part_words, part)


def test_running_text_has_no_fixed_parts() -> None:
    found = measure_style(
        FILLER + "<p>推荐一本书，看看二十年前的原文，再分享几句感想，文章里没有广告。</p>" + FILLER
    )
    assert (found.parts, found.lead_ins, found.editors, found.headings) == ([], [], [], 0)


@pytest.mark.parametrize(
    ("text", "lead_in", "word"),
    [
        ("扫码进群领资料", "group", "进群"),
        ("评论区抽奖", "draw", "抽奖"),
        ("抽出三位读者", "draw", "抽出三位"),
        ("留下你的手机号", "leads", "留下你的手机号"),
        ("领券再下单", "coupon", "领券"),
        ("满300减50", "coupon", "满300减50"),
        ("点击下载", "download", "点击下载"),
        ("立即报名", "signup", "立即报名"),
        ("后台回复“清单”", "reply", "后台回复"),
        ("添加小助手微信", "add_person", "添加小助手微信"),
        ("点击购买", "buy", "点击购买"),
        ("关注我们", "follow", "关注我们"),
    ],
)
def test_a_lead_in_is_named_with_the_words_found(text: str, lead_in: str, word: str) -> None:
    found = measure_style(f"<p>{text}</p>")
    assert lead_in in found.lead_ins
    assert any(shown.startswith(word) for shown in words_of(found.lead_in_words, lead_in))


@pytest.mark.parametrize(
    ("html", "editor"),
    [
        ('<section data-tools="135编辑器">字</section>', "135"),
        ('<section class="_135editor">字</section>', "135"),
        ('<section powered-by="xiumi.us">字</section>', "xiumi"),
        ('<section class="V5 Powered-by-XIUMI">字</section>', "xiumi"),
        ('<section data-source="bj.96weixin.com">字</section>', "96"),
        ('<p data-mpa-powered-by="yiban.io">字</p>', "yiban"),
        ('<section data-tool="mdnice编辑器">字</section>', "mdnice"),
        ('<pre class="hljs code__pre">字</pre>', "doocs"),
        ('<section data-tools="新媒体排版">字</section>', "xmt"),
        ('<p><span leaf="">字</span></p>', "wechat"),
    ],
)
def test_an_editor_is_told_by_its_mark(html: str, editor: str) -> None:
    found = measure_style(html)
    assert found.editors == [editor]
    assert found.editor_marks[0].startswith(f"{editor}:")


def test_the_editor_with_most_marks_leads_and_wechats_own_only_where_alone() -> None:
    html = (
        '<section powered-by="xiumi.us"><span leaf="">一</span></section>' * 2
        + '<section data-tools="135编辑器">二</section>'
    )
    assert measure_style(html).editors == ["xiumi", "135"]
    assert measure_style("<p>字</p>").editors == []


def heading(html: str) -> StyleProfile:
    return measure_style(f"<p>{FILLER}</p>{html}{FILLER}")


@pytest.mark.parametrize(
    ("html", "style", "numbered"),
    [
        ("<p><strong>只有加粗</strong></p>", "bold", None),
        ('<p style="font-size:20px">放大的</p>', "large", None),
        ('<p style="text-align:center"><b>居中的</b></p>', "centered", None),
        ('<p style="color:#c00000"><b>变色的</b></p>', "coloured", None),
        (
            '<section style="border-left:4px solid #c00000"><p><b>竖条的</b></p></section>',
            "bar",
            None,
        ),
        (
            '<section style="background:#c00000;display:inline-block"><p '
            'style="color:#fff"><b>色块的</b></p></section>',
            "filled",
            None,
        ),
        ('<h2 style="border-bottom:2px solid #c00000">底线的</h2>', "underline", None),
        ('<section style="border:1px solid #c00000"><p><b>方框的</b></p></section>', "boxed", None),
        (
            '<p style="font-size:26px;color:#c00000">01</p><p><b>数字在上</b></p><p '
            'style="font-size:26px">02</p><p><b>数字在上</b></p>',
            "number",
            "01",
        ),
        (
            "<p><b>一、先说</b></p><p>正文一句话，写到这里就完了。</p><p><b>二、再说</b></p>",
            "bold",
            "一、",
        ),
        (
            '<p>PART 01</p><p style="text-align:center"><b>甲的</b></p><p>PART 02</p><p '
            'style="text-align:center"><b>乙的</b></p>',
            "centered",
            "PART 01",
        ),
    ],
)
def test_a_heading_is_told_by_how_it_is_set(html: str, style: str, numbered: str | None) -> None:
    found = heading(html)
    assert (found.heading_style, found.numbered) == (style, numbered)
    assert found.headings >= 1


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>整段都加粗的一句话，说完就是句号。</b></p>",
        f"<p><b>{'很长' * 30}</b></p>",
        "<ul><li><b>列表项</b></li></ul>",
        '<p style="font-size:12px"><b>小字</b></p>',
    ],
)
def test_bold_text_that_heads_nothing_is_no_heading(html: str) -> None:
    assert heading(html).headings == 0
