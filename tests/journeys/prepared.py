"""What a whole system of the tests is given before its services start: a stepped clock and the sample district."""

import json
import shutil
from pathlib import Path
from typing import Final

from deploy.demo.moments import WEEK_STARTS_AT
from deploy.demo.preparing import DISTRICT, REFERENCE, install_stepped_clock, load_district
from deploy.embedded.running import System

VALUES: Final = {
    "WHISTLE_CLOCK": "stepped",
    "WHISTLE_TRUSTED_PROXIES": "127.0.0.1",
    "WHISTLE_NOTIFY_ALLOWED_NETWORKS": "127.0.0.0/8",
}


def prepare(system: System) -> None:
    """Stop the clock on Monday morning and load the district, which merges nothing: tests say one sentence often."""
    install_stepped_clock(system, WEEK_STARTS_AT)
    load_district(system, DISTRICT, without_merging(system.state.folder / "city"))


def without_merging(folder: Path) -> Path:
    """Copy what the city decided, but for its policy on duplicates; returns the copy's folder."""
    shutil.copytree(REFERENCE, folder, dirs_exist_ok=True)
    policies = json.loads((folder / "policies.json").read_bytes())
    policies.pop("duplicates", None)
    (folder / "policies.json").write_text(json.dumps(policies), encoding="utf-8")
    return folder
