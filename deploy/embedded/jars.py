"""Fetches Kafka's jars: Maven copies what `pom.xml` names. Parsed by old Pythons, too, as `setup` is."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from deploy.embedded.telling import PROJECT, Missing, run, say

JARS = PROJECT / ".state" / "kafka-jars"


def fetch_jars() -> None:
    """Copy Kafka's jars by Maven, when the pom changed since the last time."""
    pom = Path(__file__).with_name("pom.xml")
    stamp = JARS / "pom.sha256"
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    say("fetching Kafka's jars (54 MB)")
    for old in JARS.parent.glob("kafka-jars.old.*"):
        shutil.rmtree(old)
    # Beside the old ones, which a running broker may be reading.
    fresh = JARS.with_name(f"kafka-jars.{os.getpid()}")
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
    if run(["mvn", "-q", "-B", "-f", str(pom), *copy]) != 0:
        raise Missing("Maven could not fetch Kafka; it says why above. Is a repository reachable?")
    (fresh / stamp.name).write_text(wanted, encoding="ascii")
    if JARS.exists():
        JARS.rename(JARS.with_name(f"kafka-jars.old.{os.getpid()}"))
    fresh.rename(JARS)


def record_classes(venv: Path) -> None:
    """Make Kafka's later starts quicker, once for these jars; without it everything works as well."""
    made, tried = JARS / "classes.jsa", JARS / "classes.tried"
    if not (made.exists() or tried.exists()):
        tried.touch()
        run([str(venv / "bin" / "python"), "-m", "deploy.embedded.class_archive"])
