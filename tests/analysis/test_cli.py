"""The command as a person runs it."""

from __future__ import annotations

import ast
import csv
import gc
import io
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from analysis import cli
from analysis.commands.options import clustered
from crawler.store import StoreError
from tests.support.command import Run
from tests.support.places import PAGES, ROOT

NOTES = ROOT / "LICENSE"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_import_says_what_became_of_every_row_and_it_adds_up(duibiao: Run) -> None:
    done = duibiao("import", *sorted(PAGES.glob("*.html")), NOTES, check=None)
    total, new, updated, unchanged, rejected = map(
        int, re.findall(r"\d+", done.stdout.splitlines()[-1])
    )
    assert total == new + updated + unchanged + rejected
    assert (new, updated, unchanged) == (6, 0, 0)
    assert rejected == 1  # notes that are no article
    assert done.stderr.count("错误：") == 1
    again = duibiao("import", *sorted(PAGES.glob("*.html")), "--format", "csv", check=0)
    assert {row["unchanged"] for row in rows(again.stdout) if row["status"] == "fetched"} == {"1"}


def test_articles_is_one_clean_table(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", PAGES)
    table = rows(duibiao("articles", "--format", "csv", check=0).stdout)
    assert {
        "account",
        "account_id",
        "title",
        "url",
        "published_at",
        "time_precision",
        "position",
        "kind",
        "status",
        "sources",
    } <= table[0].keys()
    found = {row["title"]: row for row in table if row["title"]}
    assert (
        found["【好物实测】7 款沥水架，只留下 2 款"]["published_at"] == "2023-07-21T12:05:45+08:00"
    )
    assert found["阳台收纳｜九宫格"]["kind"] == "image"
    assert [
        row["account"]
        for row in rows(
            duibiao("articles", "--account", "青石灶间", "--format", "csv", check=0).stdout
        )
    ] == ["青石灶间"] * 2
    one_day = rows(
        duibiao(
            "articles", "--since", "2025-06-01", "--until", "2025-06-01", "--format", "csv", check=0
        ).stdout
    )
    assert [row["title"] for row in one_day] == ["阳台收纳｜九宫格"]
    for name in ("a.xlsx", "a.parquet", "a.csv"):
        assert duibiao("articles", "-o", name, check=0).stdout.strip() == name
        assert (tmp_path / name).stat().st_size > 500
    refused = duibiao("articles", "-o", "a.csv", check=1)
    assert "--force" in refused.stderr


def test_status_tells_coverage_and_how_it_is_known(duibiao: Run) -> None:
    duibiao("import", PAGES)
    stated = {
        row["account"]: row
        for row in json.loads(duibiao("status", "--format", "json", check=0).stdout)
    }
    kitchen = stated["半间厨房"]
    assert kitchen["by_status"] == {"fetched": 4, "listed": 2}
    assert (kitchen["album_claimed"], kitchen["album_held"], kitchen["to_fetch"]) == (31, 1, 2)
    assert kitchen["coverage"] == pytest.approx(6 / 36)
    assert "合集写明 31 篇" in duibiao("status", check=0).stdout


def test_a_brief_is_written_and_never_over_another(
    duibiao: Run, fresh_duibiao: Run, tmp_path: Path
) -> None:
    duibiao("import", PAGES)
    assert duibiao("brief", "--date", "2026-01-01", check=0).stdout.splitlines()[-1] == "brief.html"
    assert (
        fresh_duibiao("brief", "--date", "2026-01-01", check=0).stdout.splitlines()[-1]
        == "brief-2.html"
    )
    assert (tmp_path / "brief.html").read_bytes() == (tmp_path / "brief-2.html").read_bytes()
    assert "brief.html" in duibiao("brief", "-o", "brief.html", check=1).stderr
    duibiao("brief", "-o", "brief.html", "--force", "--account", "半间厨房", check=0)


def test_a_brief_of_the_real_pages_is_made(
    duibiao: Run, imported_pages: Path, tmp_path: Path
) -> None:
    shutil.copy(imported_pages, tmp_path / "d.sqlite3")
    duibiao("brief", "-o", "brief.html", "--date", "2026-09-01", check=0)
    text = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "你的鸟儿会唱歌" in text
    assert len(text) < 3_000_000


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("import", "none.html"), 1, "没有这个文件"),
        (("status",), 1, "还没有存储"),
        (("brief",), 1, "还没有存储"),
        (("collect", "none.toml"), 1, "没有这个文件"),
        (("status", "--store", "nonsense"), 1, "存储地址"),
        (("import", ".", "--store", "sqlite://"), 1, "没有文件"),
        (("articles", "--format", "xml"), 2, "table、csv、json"),
        (("articles", "--since", "昨天"), 2, "2025-01-31"),
        (("import", ".", "--role", "rival", "--account", "x"), 2, "own、direct"),
        (("import",), 2, "FILE"),
        (("similar", "--top", "0", "x"), 2, "--top 写得不对：不能小于 1；"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_bad_input_is_one_clear_line_and_an_exit_code(
    duibiao: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = duibiao(*arguments, check=code)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_account_is_named(duibiao: Run) -> None:
    duibiao("import", PAGES)
    assert "没有账号 '半间'" in duibiao("articles", "--account", "半间", check=1).stderr
    assert "半间厨房" in duibiao("articles", "--account", "半间", check=1).stderr


def test_imports_are_listed_and_can_be_taken_back(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", PAGES / "g2_2023.html", check=0)
    before = duibiao("articles", "--format", "json", check=0).stdout
    table = tmp_path / "history.csv"
    table.write_text(
        "公众号,标题,链接,发布时间,阅读\n半间厨房,新的一篇,https://mp.weixin.qq.com/s/"
        "CCCCCCCCCCCCCCCCCCCCCC,2024-01-02 20:00:05,1.2万\n半间厨房,,,昨天,\n",
        encoding="utf-8",
    )
    done = duibiao("import", table, "--rejects", "bad.csv", check=0)
    assert "共 2 行 = 新 1 + 更新 0 + 未变 0 + 拒收 1" in done.stdout
    assert rows((tmp_path / "bad.csv").read_text(encoding="utf-8-sig"))[0]["file"] == str(table)
    assert [
        row["source_id"] for row in rows(duibiao("imports", "--format", "csv", check=0).stdout)
    ] == ["1", "2"]
    assert "1 篇文章不再有来源" in duibiao("forget", "2", check=0).stdout
    assert duibiao("articles", "--format", "json", check=0).stdout == before
    assert "没有编号为 9" in duibiao("forget", "9", check=1).stderr
    duibiao("import", table, "--strict", check=1)
    assert duibiao("articles", "--format", "json", check=0).stdout == before


def test_a_window_without_articles_says_so(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", PAGES, check=0)
    assert "没有文章" in duibiao("brief", "--since", "2030-01-01", check=1).stderr
    duibiao("brief", "--since", "2025-02-01", "--until", "2025-01-01", check=2)
    assert not (tmp_path / "brief.html").exists()


def test_a_notice_that_fits_no_article_is_told(duibiao: Run, tmp_path: Path) -> None:
    from crawler.replica.content import notice_page

    (tmp_path / "gone.html").write_bytes(notice_page("deleted"))
    assert "对不上是哪一篇" in duibiao("import", tmp_path / "gone.html", check=0).stderr


def test_reparse_reads_everything_again(duibiao: Run) -> None:
    duibiao("import", PAGES)
    assert duibiao("reparse", check=0).stdout.strip() == "重读 6 页：读法变了的 0 处，读不了的 0 页"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_is_in_the_readme(duibiao: Run, readme: str) -> None:
    commands = re.findall(
        r"^  ([a-z]+) ", duibiao("--help", check=0).stdout.split("命令:")[1], re.MULTILINE
    )
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert len(commands) >= 7
    assert [name for name in commands if f"`{name}`" not in text] == []


def test_an_error_that_descends_from_a_known_one_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class FullStoreError(StoreError):
        """One that this command never heard of."""

    def fail() -> None:
        raise FullStoreError("存储满了：腾出空间再运行")

    monkeypatch.setattr(cli, "run_command", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "错误：存储满了：腾出空间再运行\n"


def test_every_error_of_the_project_that_has_a_message_for_people_is_known() -> None:
    """One that is raised with Chinese words but is no DuibiaoError would be a traceback."""
    for path in [path for half in ("analysis", "crawler") for path in (ROOT / half).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                assert bases & KNOWN_BASES or node.name in WITHIN, f"{path.name}: {node.name}"


KNOWN_BASES = {"DuibiaoError", "ArchiveError"}
WITHIN = {"DuibiaoError", "JsError", "PageError", "ListingError", "_NoFormulaError"}  # never shown


def test_the_version_is_that_of_the_package(duibiao: Run) -> None:
    assert duibiao("--version", check=0).stdout == f"duibiao {version('duibiao')}\n"


def test_only_commands_that_compute_and_end_look_for_cycles_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual, seen = gc.get_threshold(), []

    @clustered
    def computing(store: str) -> None:
        seen.append(gc.get_threshold()[0])

    computing(store="sqlite:///d.sqlite3")
    monkeypatch.setattr(cli, "run_command", lambda: seen.append(gc.get_threshold()[0]))
    with pytest.raises(SystemExit):
        cli.main()  # a crawl goes this way
    assert seen == [200_000, usual[0]]
    assert gc.get_threshold() == usual


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("nope",), "错误：没有 nope 这条命令；用法见 duibiao --help"),
        (("status", "--nope"), "错误：没有 --nope 这个选项；用法见 duibiao status --help"),
        (("import",), "错误：缺 FILE…；用法见 duibiao import --help"),
        (("forget", "abc"), "错误：IMPORT 写得不对：要写整数；用法见 duibiao forget --help"),
        (("imports", "extra"), "错误：多出了 extra；用法见 duibiao imports --help"),
    ],
)
def test_a_wrong_command_line_is_one_line_in_chinese(
    duibiao: Run, arguments: tuple[str, ...], line: str
) -> None:
    result = duibiao(*arguments, check=2)
    assert result.stderr.splitlines()[-1] == line


@pytest.mark.parametrize("command", [(), ("brief",), ("accounts", "set")])
def test_help_is_chinese_throughout(duibiao: Run, command: tuple[str, ...]) -> None:
    help_text = duibiao(*command, "--help", check=0).stdout
    assert help_text.startswith("用法：duibiao")
    assert not re.search(r"Usage|Options|Commands|Show this|required|default:", help_text)


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_no_console_ends_in_a_traceback(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "list.csv"
    table.write_text("公众号,标题,发布时间\n青石🍵灶间,木勺🥄,2025-05-03 18:00\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    for command in (["import", str(table)], ["articles"], ["nope"]):
        done = subprocess.run(
            [sys.executable, "-m", "analysis.cli", *command],
            cwd=tmp_path,
            env={**environment, "DUIBIAO_STORE": f"sqlite:///{tmp_path / 's.sqlite3'}"},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode == (2 if command == ["nope"] else 0)


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    """As `duibiao imports | head -1`: what comes after that line has nowhere to go."""
    store = f"sqlite:///{tmp_path}/d.sqlite3"
    table = "公众号,标题,发布时间\n" + "".join(
        f"北窗家居,{number} 种收纳{'办法' * 40},2024-01-02 20:00:05\n" for number in range(2000)
    )
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    environment = {**os.environ, "DUIBIAO_STORE": store, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "analysis.cli"]
    subprocess.run([*command, "import", "t.csv"], cwd=tmp_path, env=environment, check=True)
    running = subprocess.Popen(
        [*command, "articles"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout
    assert running.stderr
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(timeout=60) in (0, 1)
