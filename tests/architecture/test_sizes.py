"""Modules and functions stay small, names say something, and exceptions to the linter do not multiply."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import named, tracked

MODULE_LINES_MAX: Final = 200
MODULE_LINES_MAX_WITH_A_REASON: Final = 300
REASON: Final = "Longer than 200 lines because"
FUNCTION_LINES_MAX: Final = 40
MEDIAN_FUNCTION_LINES_MAX: Final = 8
SUPPRESSIONS_MAX: Final = 80
"""May only fall: lower it when one goes."""
SUPPRESSION: Final = "# " + "noqa"
WELL_SAID: Final = re.compile(SUPPRESSION + r": [A-Z]+\d+(, ?[A-Z]+\d+)*\s+\S")
SAYS_NOTHING: Final = re.compile(r"^(utils?|helpers?|common|managers?|base|misc|shared|stuff)$")


def sources(*folders: str) -> list[Path]:
    return [path for path in tracked(*folders) if path.suffix == ".py"]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_modules_fit_on_a_few_screens() -> None:
    too_long = []
    for path in sources("services", "deploy"):
        text = path.read_text(encoding="utf-8")
        limit = MODULE_LINES_MAX_WITH_A_REASON if REASON in text else MODULE_LINES_MAX
        if (lines := text.count("\n")) > limit:
            too_long.append(f"{named(path)}: {lines}")

    assert not too_long


def test_functions_fit_on_a_screen() -> None:
    too_long = [
        f"{named(path)}: {function.name} has {lines_of(function)} lines"
        for path in sources("services", "deploy")
        for function in functions(path)
        if lines_of(function) > FUNCTION_LINES_MAX
    ]

    assert not too_long


def test_most_functions_are_a_few_lines() -> None:
    lengths = sorted(lines_of(function) for path in sources("services") for function in functions(path))

    assert lengths[len(lengths) // 2] <= MEDIAN_FUNCTION_LINES_MAX


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = sources("services", "deploy", "tests")

    assert not [named(path) for path in paths if any(SAYS_NOTHING.match(Path(part).stem) for part in path.parts[-3:])]


def test_every_module_begins_with_a_sentence_that_says_what_it_is() -> None:
    silent = [
        named(path)
        for path in sources("services", "deploy")
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert not silent


def test_every_suppression_has_a_code_and_a_reason_and_they_do_not_multiply() -> None:
    found = [
        (named(path), line)
        for path in sources("services", "deploy", "tests")
        for line in path.read_text(encoding="utf-8").splitlines()
        if SUPPRESSION in line
    ]
    bare = [where for where, line in found if not WELL_SAID.search(line)]

    assert not bare
    assert len(found) <= SUPPRESSIONS_MAX


@pytest.mark.parametrize("folder", ["tests/unit", "tests/component", "tests/contract", "tests/wire"])
def test_test_folders_are_packages(folder: str) -> None:
    bare = {named(path.parent) for path in sources(folder) if not (path.parent / "__init__.py").exists()}

    assert not bare
