"""Which PostgreSQL the embedded system runs: the one that compose.yaml names, unless data were made by another."""

from pathlib import Path

import pytest

from deploy.embedded import postgres_programs, postgres_versions
from deploy.embedded.postgres_programs import NEEDED, NoPostgresError, find_programs, reachable
from deploy.embedded.postgres_versions import major_in_compose
from deploy.embedded.run_as import RunAs

WANTED = major_in_compose()
OLDER = WANTED - 1


def _programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in NEEDED:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Debian)'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system whose packages lie here, without a wheel."""
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_versions, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(postgres_programs, "WHEEL", "no_such_wheel")
    return tmp_path / "debian"


@pytest.fixture
def wheel(debian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with the wheel of the version that compose.yaml runs."""
    debian.mkdir()
    monkeypatch.setattr(postgres_programs, "WHEEL", "wheel_of_postgres")
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = _programs(tmp_path / "wheel_of_postgres" / "pginstall" / "bin", f"{WANTED}.1")
    (tmp_path / "wheel_of_postgres" / "__init__.py").touch()
    return folder


def _made_by(tmp_path: Path, major: int) -> Path:
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text(f"{major}\n", encoding="ascii")
    return cluster


def test_the_version_of_compose_goes_before_an_older_one_of_the_system(debian: Path, wheel: Path) -> None:
    _programs(debian / str(OLDER) / "bin", f"{OLDER}.4")

    assert find_programs() == wheel


def test_the_system_goes_before_the_wheel_where_it_has_the_version_of_compose(debian: Path, wheel: Path) -> None:
    _programs(debian / str(WANTED + 1) / "bin", f"{WANTED + 1}.0")
    own = _programs(debian / str(WANTED) / "bin", f"{WANTED}.9")

    assert find_programs() == own != wheel


def test_the_newest_of_the_system_does_where_no_wheel_is(debian: Path) -> None:
    _programs(debian / "15" / "bin", "15.18")
    newest = _programs(debian / str(OLDER) / "bin", f"{OLDER}.4")

    assert find_programs() == newest


def test_data_are_served_by_the_version_that_made_them(debian: Path, wheel: Path, tmp_path: Path) -> None:
    older = _programs(debian / str(OLDER) / "bin", f"{OLDER}.4")

    assert find_programs(_made_by(tmp_path, OLDER)) == older != wheel


@pytest.mark.usefixtures("wheel")
def test_data_of_a_version_that_is_gone_are_left_alone_and_named(tmp_path: Path) -> None:
    with pytest.raises(NoPostgresError, match=f"was made by PostgreSQL {OLDER}.*PG_BIN"):
        find_programs(_made_by(tmp_path, OLDER))


@pytest.mark.usefixtures("debian")
def test_a_system_without_any_is_told_what_to_install() -> None:
    with pytest.raises(NoPostgresError, match="server package"):
        find_programs()


def test_what_a_user_cannot_reach_is_copied_once_and_whole(tmp_path: Path) -> None:
    class Elsewhere(RunAs):
        def reaches(self, path: Path) -> bool:
            return tmp_path / "closed" not in path.parents

    programs = _programs(tmp_path / "closed" / "bin", f"{WANTED}.1")
    outside = tmp_path / "outside"
    outside.mkdir()

    copies = [reachable(programs, Elsewhere(), outside) for _ in range(2)]

    assert copies == [outside / f"postgresql-{WANTED}.1" / "bin"] * 2
    assert {name.name for name in copies[0].iterdir()} == set(NEEDED)
    assert list(outside.iterdir()) == [copies[0].parent]
