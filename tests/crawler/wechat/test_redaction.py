"""A reader's session never gets into the store."""

from pathlib import Path

import pytest

from crawler.wechat.redaction import scrub


@pytest.mark.parametrize(
    "text",
    [
        'var pass_ticket = "AbCdEf0123456789";',
        "window.appmsg_token = '1123_abcdefghij%7E~';",
        '{"appmsg_token":"1123_abcdefghij0123"}',
        '<a href="https://mp.weixin.qq.com/s?a=1&amp;key=0123456789abcdef0123&amp;'
        'uin=MTIzNDU2Nzg5MA%3D%3D&amp;pass_ticket=q1w2e3r4t5y6">',
        "poc_token: JsDecode('HABcdefgh12345678')",
        'window.appmsg_token = "" || "1123_abcdefghij";',
        "window.pass_ticket = params['pass_ticket'] || htmlDecode(\"AbCdEf0123456789\");",
        r"link: 'https://mp.weixin.qq.com/s?a=1\\x26amp;"
        r"key=0123456789abcdef0123\\x26uin=MTIzNDU2Nzg5MA%3D%3D'",
        r'{"url": "https://mp.weixin.qq.com/'
        r's?a=1\\u0026key=0123456789abcdef0123\\u0026pass_ticket=q1w2e3r4t5y6"}',
        "https%3A%2F%2Fmp.weixin.qq.com%2Fs%3Fpass_ticket%3Dq1w2e3r4t5y6%26key%3D0123456789abcdef01"
        "23",
        '<input type="hidden" name="pass_ticket" value="q1w2e3r4t5y6">',
        'var uin = "MTIzNDU2Nzg5MA";',
        'key: "' + "0a" * 40 + '"',
    ],
)
def test_session_secrets_are_replaced(text: str) -> None:
    cleaned = scrub(text.encode()).decode()
    assert "REDACTED" in cleaned
    for secret in (
        "AbCdEf0123456789",
        "1123_abcdefghij",
        "0123456789abcdef0123",
        "MTIzNDU2Nzg5MA",
        "q1w2e3r4t5y6",
        "HABcdefgh12345678",
        "0a0a0a0a",
    ):
        assert secret not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "pass_ticket=encodeURIComponent(x1)",
        'window.key = params["key"] || ""',
        "appmsg_token: '',",
        "a key='short'",
        "&key=abc",
        "reprint_ticket = 'Kgb2%2B5UoaSBu1'",
    ],
)
def test_code_and_public_values_stay(text: str) -> None:
    assert scrub(text.encode()) == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "pass_ticket=" * 40_000,
        "key=" * 100_000,
        "&uin=" + "9" * 300_000,
        'appmsg_token = "' + "a" * 300_000,
        "pass_ticket: " * 30_000,
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    assert len(scrub(text.encode())) <= len(text)


def test_real_pages_stay_byte_for_byte_but_for_a_session_somebody_left_in_one(
    shared_pages: Path,
) -> None:
    changed = {
        path.name: raw
        for path in sorted(shared_pages.rglob("*.html"))
        if scrub(raw := path.read_bytes()) != raw
    }
    assert len(changed) <= 1
    for raw in changed.values():
        assert b"window.key = params['key'] || \"REDACTED\"" in scrub(raw)
