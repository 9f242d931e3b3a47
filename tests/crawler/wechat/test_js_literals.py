"""JavaScript literals are parsed, never evaluated."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wechat.js_literals import JsError, decode_string, parse_literal


def test_the_pages_dresses_are_taken_off() -> None:
    text = r"""{ a: '12' * 1, b: "" || "x" || '', c: JsDecode('\x3cp\x3e\x26amp;\x27\\x5c'), d: htmlDecode("&quot;q&quot;"), e: '甲&amp;乙'.html(false),
      'f': [1, -2.5, true, null, ], g: { }, h: '' * 1, i: 'a\u4e2d\n', "j-k": Number('7'), l: undefined, }"""
    assert parse_literal(text) == {
        "a": 12,
        "b": "x",
        "c": "<p>&amp;'\\",
        "d": '"q"',
        "e": "甲&乙",
        "f": [1, -2.5, True, None],
        "g": {},
        "h": 0,
        "i": "a中\n",
        "j-k": 7,
        "l": None,
    }


def test_an_expression_reads_as_none_and_the_rest_is_read() -> None:
    text = """{ a: x ? ('b'.match(/[0-9]{8,}/) || [])[0] : '', b: function () { return {c: 1}; }, d: 'kept' }"""
    assert parse_literal(text) == {"a": None, "b": None, "d": "kept"}


def test_skipped_keys_are_not_decoded() -> None:
    assert parse_literal("{a: 'x', body: JsDecode('long'), c: 1}", skip=frozenset({"body"})) == {
        "a": "x",
        "body": None,
        "c": 1,
    }


@pytest.mark.parametrize("text", ["{a: 'x'", "{a: ", "[1, 2", "{a: 'open", "{" * 70 + "}" * 70])
def test_what_is_cut_off_or_too_deep_is_an_error(text: str) -> None:
    with pytest.raises(JsError):
        parse_literal(text)


@given(st.text())
def test_any_text_survives_javascript_quoting(text: str) -> None:
    quoted = json.dumps(text)
    assert decode_string(quoted) == text or any(0xD800 <= ord(c) <= 0xDFFF for c in text)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8), _JSON, max_size=5
    )
)
def test_json_is_read_as_json_reads_it(value: dict[str, object]) -> None:
    assert parse_literal(json.dumps(value, ensure_ascii=False)) == value


@given(st.text(alphabet="{}[]'\"\\,:|*()ax1 \n"))
def test_garbage_ends_in_a_value_or_a_jserror(text: str) -> None:
    try:
        value = parse_literal("{" + text)
    except JsError:
        return
    assert isinstance(value, dict)
