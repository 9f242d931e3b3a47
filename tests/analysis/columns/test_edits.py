"""A person's corrections: read with one clear line where wrong, respected whatever is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.columns.assign import assign_columns, describe_columns
from analysis.columns.edits import ColumnEditsError, apply_edits, load_edits
from tests.support.small_frames import article, articles

MONDAYS = ["2026-03-02 07:30", "2026-03-09 07:30", "2026-03-16 07:31", "2026-03-23 07:30"]
ROWS = [
    *(
        article(at, f"避坑｜{word}", url=f"https://mp.weixin.qq.com/s/{n}")
        for n, (at, word) in enumerate(zip(MONDAYS, ["铁锅", "瓷碗", "木瓢", "铝盆"], strict=True))
    ),
    *(
        article(at.replace("07", "20"), f"街坊｜{word}", url=f"https://mp.weixin.qq.com/s/j{n}")
        for n, (at, word) in enumerate(
            zip(MONDAYS, ["老梁", "小倪", "阿强", "沈师傅"], strict=True)
        )
    ),
    *(
        article(at.replace("07", "21"), title, url=f"https://mp.weixin.qq.com/s/u{n}")
        for n, (at, title) in enumerate(
            zip(MONDAYS, ["冰箱空了", "夜里有雨", "读者来信一封", "搬家"], strict=True)
        )
    ),
]


def corrected(tmp_path: Path, text: str) -> tuple[pd.DataFrame, list[str]]:
    path = tmp_path / "columns.toml"
    path.write_text(text, encoding="utf-8")
    frame, idle = apply_edits(assign_columns(articles(ROWS)), load_edits(path))
    return frame, [str(edit) for edit in idle]


def counts(frame: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(n) for name, n in frame["content_column"].value_counts().items()}


def test_without_corrections_there_are_two_columns() -> None:
    assert counts(assign_columns(articles(ROWS))) == {"避坑": 4, "街坊": 4}


def test_a_renamed_column_keeps_its_id(tmp_path: Path) -> None:
    before = assign_columns(articles(ROWS))
    after, idle = corrected(
        tmp_path, '[[rename]]\naccount = "甲"\ncolumn = "避坑"\nto = "买前看看"\n'
    )
    assert counts(after) == {"买前看看": 4, "街坊": 4}
    assert before["column_id"].equals(after["column_id"])
    assert idle == []


def test_a_column_may_be_named_by_its_id(tmp_path: Path) -> None:
    key = assign_columns(articles(ROWS))["column_id"].iat[0]
    assert counts(corrected(tmp_path, f'[[drop]]\ncolumn = "{key}"\n')[0]) == {"街坊": 4}


def test_merged_columns_are_one(tmp_path: Path) -> None:
    after, _ = corrected(tmp_path, '[[merge]]\ncolumns = ["避坑", "街坊"]\nto = "生活"\n')
    assert counts(after) == {"生活": 8}
    assert after["column_id"].nunique() == 1
    assert describe_columns(articles(ROWS), after)["n"].tolist() == [8]


def test_a_split_takes_the_titles_that_say_so(tmp_path: Path) -> None:
    after, _ = corrected(
        tmp_path, '[[split]]\ncolumn = "避坑"\ncontains = ["铁", "铝"]\nto = "避坑·金属"\n'
    )
    assert counts(after) == {"街坊": 4, "避坑": 2, "避坑·金属": 2}
    assert after["column_id"].nunique() == 3


def test_a_pinned_column_holds_what_was_in_none_and_outlives_every_rule(tmp_path: Path) -> None:
    after, _ = corrected(
        tmp_path,
        '[[pin]]\nto = "来信"\ncontains = "来信"\nurls = ["https://mp.weixin.qq.com/s/0"]\n',
    )
    assert counts(after) == {"街坊": 4, "避坑": 3, "来信": 2}
    assert (
        after.loc[after["content_column"] == "来信", ["kind", "strength"]].values.tolist()
        == [["marker", 1.0]] * 2
    )


def test_a_dropped_column_leaves_its_articles_in_none(tmp_path: Path) -> None:
    after, _ = corrected(tmp_path, '[[drop]]\ncolumn = "避坑"\n')
    dropped = after[after["title"].str.startswith("避坑")]
    assert dropped[["content_column", "kind", "strength", "column_id"]].isna().all(axis=None)


def test_what_is_dropped_can_be_said_to_have_found_nothing(tmp_path: Path) -> None:
    after, idle = corrected(
        tmp_path,
        '[[drop]]\naccount = "乙"\ncolumn = "避坑"\n\n[[rename]]\ncolumn = "没有"\nto = "有"\n',
    )
    assert counts(after) == {"避坑": 4, "街坊": 4}
    assert idle == ["[[drop]] 避坑（乙）", "[[rename]] 没有"]


def test_the_order_is_pin_drop_merge_split_rename(tmp_path: Path) -> None:
    text = (
        '[[rename]]\ncolumn = "生活"\nto = "过日子"\n[[merge]]\ncolumns = ["来信", "避坑"]\nto '
        '= "生活"\n[[pin]]\nto = "来信"\ncontains = "来信"\n'
    )
    assert counts(corrected(tmp_path, text)[0]) == {"过日子": 5, "街坊": 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rename]\n", "不是 TOML"),
        ('[rename]\ncolumn = "a"\nto = "b"\n', "两层方括号"),
        ('rename = "a"\n', "两层方括号"),
        ('[[rename]]\ncolumn = "a"\n', "[[rename]] 缺 to"),
        ('[[pin]]\nto = "a"\n', "缺 contains 或 urls"),
        ('[[rename]]\ncolumn = 3\nto = "b"\n', "column 要写成一段文字或一组文字，现在是 3"),
        ('[[rename]]\ncolumn = "a"\nto = 5\n', "to 要用引号括起来，现在是 5"),
        ('[[rename]]\ncolumn = "a"\nto = "b"\ncolour = "c"\n', "不认识 'colour'"),
        ('[[move]]\ncolumn = "a"\n', "不认识 'move'"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ColumnEditsError) as caught:
        corrected(tmp_path, text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnEditsError, match="读不了"):
        load_edits(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes('[[drop]]\ncolumn = "避坑"\n'.encode("gbk"))
    with pytest.raises(ColumnEditsError, match="不是 UTF-8"):
        load_edits(tmp_path / "gbk.toml")
