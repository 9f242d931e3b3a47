"""A reader's session never gets into the store."""

from pathlib import Path

import pytest

from crawler.scrub import scrub


@pytest.mark.parametrize(
    "text",
    [
        'var pass_ticket = "AbCdEf0123456789";',
        "window.appmsg_token = '1123_abcdefghij%7E~';",
        '{"appmsg_token":"1123_abcdefghij0123"}',
        '<a href="https://mp.weixin.qq.com/s?a=1&amp;key=0123456789abcdef0123&amp;uin=MTIzNDU2Nzg5MA%3D%3D&amp;pass_ticket=q1w2e3r4t5y6">',
        "poc_token: JsDecode('HABcdefgh12345678')",
        'key: "' + "0a" * 40 + '"',
    ],
)
def test_session_secrets_are_replaced(text: str) -> None:
    cleaned = scrub(text.encode()).decode()
    assert "REDACTED" in cleaned
    for secret in ("AbCdEf0123456789", "1123_abcdefghij", "0123456789abcdef0123", "MTIzNDU2Nzg5MA", "q1w2e3r4t5y6", "HABcdefgh12345678", "0a0a0a0a"):
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


def test_real_pages_stay_byte_for_byte(shared_pages: Path) -> None:
    for path in sorted(shared_pages.rglob("*.html"))[::7]:
        raw = path.read_bytes()
        assert scrub(raw) == raw, path
