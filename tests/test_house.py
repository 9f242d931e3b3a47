"""The house stays in order: where things are, how long, what they are called."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import ROOT

HALVES = ("analysis", "crawler")
MODULES = sorted(path for half in HALVES for path in (ROOT / half).rglob("*.py"))
PACKAGES = sorted({path.parent for path in MODULES})
MOST_LINES = 450
MOST_MODULES = {"crawler": 16, "crawler/store": 19, "crawler/formats": 14, "analysis/commands": 40}
MOST_MODULES_ELSEWHERE = 12
MOST_FLAVOUR = 0.005  # of all assigned names
FLAVOUR = re.compile(
    "held|found|told|said|made|some|known|kept|beside|one|say|saying|speaking|telling|tell|likely"
    "|sure|likeness|judged?|judging|borne|bearing|bearers|anew|remake|living|shelf|shelve|vault"
    "|sendings|spreading|pays|choice|tier|colours?|catalogue"
)
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
NETWORK = re.compile(  # modules that can open a connection
    r"(?:socket|ssl|asyncio|selectors|http\.(?:client|server)|urllib\.request|urllib3|requests|httpx"
    r"|aiohttp|websockets|scrapy|twisted|distributed|psycopg|smtplib|ftplib|telnetlib|xmlrpc)(?:\.|$)"
)
CONNECTS = {  # and what to
    "crawler/spiders/history.py": "the site, politely",
    "crawler/spiders/feed.py": "feeds somebody named",
    "crawler/middlewares.py": "the same",
    "crawler/run.py": "the same",
    "crawler/replica/server.py": "listens on loopback, for the demo and the tests",
    "crawler/store/engines.py": "a PostgreSQL by its address",
    "analysis/compute/cluster.py": "a cluster by its address",
    "analysis/report/browser.py": "a Chromium of its own, on loopback",
    "analysis/watch/webhooks.py": "a group chat's robot somebody named",
}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
DOTTED = re.compile(r"\b([a-z_]+)\.([A-Za-z_]{4,})\b(?!\()")  # cadence.measure_rates
CITED = re.compile(r"(?<![\w./-])((?:[a-z_]+/)*[a-z_]+)\.py\b")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def assigned(tree: ast.AST) -> Iterator[str]:
    """Every name a module gives: definitions, parameters, variables, attributes, import aliases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.ExceptHandler | ast.alias):
            yield (node.asname if isinstance(node, ast.alias) else node.name) or ""


def has_flavour(name: str) -> bool:
    return any(FLAVOUR.fullmatch(word.lower()) for word in WORD.findall(name))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= MOST_LINES
    assert ast.get_docstring(tree), "what is here, and what is not"
    assert not re.search(r"fmt: *(skip|off)", source)
    public = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    names = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    exported = any(isinstance(name, ast.Name) and name.id == "__all__" for name in names)
    assert exported or not public, f"__all__ of {', '.join(public)}"


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_a_package_has_few_modules_at_its_top(path: Path) -> None:
    modules = [module for module in path.glob("*.py") if module.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES.get(name_of(path), MOST_MODULES_ELSEWHERE)


def test_names_are_the_fields_words() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    names = [name for tree in trees for name in assigned(tree) if name]
    flavoured = sorted({name for name in names if has_flavour(name)})
    count = sum(map(has_flavour, names))
    assert count <= MOST_FLAVOUR * len(names), f"{count} of {len(names)}: {flavoured}"


def test_a_module_that_a_docstring_or_comment_cites_is_there() -> None:
    there = {name_of(path) for path in MODULES} | {path.name for path in MODULES}
    for path in MODULES:
        for cited in CITED.findall(path.read_text(encoding="utf-8")):
            inside = f"{name_of(path.parent)}/{cited}.py"
            known = {f"{cited}.py", inside, *(f"{half}/{cited}.py" for half in HALVES)} & there
            assert known or (ROOT / f"{cited}.py").exists(), f"{name_of(path)} cites {cited}.py"


def test_a_function_that_a_docstring_cites_is_in_that_module() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
    modules: dict[str, set[str]] = {}
    for path, tree in trees.items():
        names = {node.name for node in ast.walk(tree) if isinstance(node, DEFINITIONS)}
        modules.setdefault(name_of(path).rpartition("/")[2].removesuffix(".py"), set()).update(
            names
        )
    functions = set().union(*modules.values()) - modules.keys()
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Module, *DEFINITIONS)):
                continue
            for module, name in DOTTED.findall(ast.get_docstring(node) or ""):
                if name in functions and module in modules:
                    assert name in modules[module], f"{name_of(path)} cites {module}.{name}"


def test_a_function_that_checks_its_frame_says_what_it_raises() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
            checks = any(isinstance(call, ast.Name) and call.id == "check_frame" for call in calls)
            said = "Raises" in (ast.get_docstring(node) or "")
            assert said or not checks, f"{name_of(path)}: {node.name}"


def test_only_named_modules_can_open_a_connection() -> None:
    connecting = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if any(NETWORK.match(name) for name in names):
                connecting.add(name_of(path))
    assert connecting == CONNECTS.keys()


def test_every_module_is_in_a_layer_of_the_import_contract() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = tools["importlinter"]["contracts"]
    exhaustive = {
        container
        for contract in contracts
        if contract.get("exhaustive")
        for container in contract["containers"]
    }
    assert exhaustive == set(HALVES)
