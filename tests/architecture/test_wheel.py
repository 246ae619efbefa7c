"""The wheel is the whole product: every module can be imported outside the checkout, every data file is there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.state import PROJECT
from tests.architecture.tree import named, tracked

DATA: Final = {
    ".sql",
    ".json",
    ".csv",
    ".xml",
    ".properties",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".geojson",
    ".sh",
}
IMPORT_ALL: Final = """
import importlib, pkgutil, sys, deploy, services
names = [m.name for p in (services, deploy) for m in pkgutil.walk_packages(p.__path__, p.__name__ + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names), services.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy: setuptools leaves build folders beside what it builds.
    source = tmp_path_factory.mktemp("source")
    for path in tracked("services", "deploy", "pyproject.toml", "README.md", "LICENSE"):
        copy = source / named(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (source / "README.md").touch()
    target = tmp_path_factory.mktemp("wheel")
    build = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(target), "."]
    done = subprocess.run([sys.executable, *build], cwd=source, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


def test_every_data_file_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    data = {named(path) for path in tracked("services", "deploy") if path.suffix in DATA}

    assert data
    assert not data - packed


def test_every_module_can_be_imported_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}

    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd="/", env=environment, check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert str(PROJECT) not in done.stdout
