"""Scraping running processes as Prometheus does."""

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Final

SECONDS_MAX: Final = 60.0
_TYPE: Final = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)


def scrape(urls: Iterable[str]) -> dict[str, str]:
    """Return the text of each process's `/metrics`."""
    return {url: _text(f"{url}/metrics") for url in urls}


def names_of(scrapes: Mapping[str, str]) -> set[str]:
    """Return every series' name that the scraped processes have, or will have with their first label."""
    names: set[str] = set()
    for text in scrapes.values():
        for name, kind in _TYPE.findall(text):
            names |= {name} if kind != "histogram" else {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return names


def complaint_about(text: str) -> str:
    """Return what `promtool check metrics` has to say; empty when it agrees."""
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: install the Debian package `prometheus`"
    done = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=SECONDS_MAX) as answer:  # noqa: S310 -- the loopback
        found: bytes = answer.read()
    return found.decode()
