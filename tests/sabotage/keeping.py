"""The last outcome of each guard, kept between runs: a part of the table may be taken out by itself."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from deploy.embedded.state import STATE
from tests.sabotage.running import Outcome

PATH: Final = STATE / "sabotage.json"


class Kept(msgspec.Struct, frozen=True):
    """How the tests took the absence of a guard."""

    failed: str
    seconds: float


def kept_with(outcomes: Sequence[Outcome]) -> Mapping[str, Kept]:
    """Keep the outcomes of tests that ran beside those of earlier runs, and return all by the guard's name."""
    kept = msgspec.json.decode(PATH.read_bytes(), type=dict[str, Kept]) if PATH.exists() else {}
    kept |= {one.guard.name: Kept(one.failed, one.seconds) for one in outcomes if one.has_run}
    PATH.write_bytes(msgspec.json.format(msgspec.json.encode(kept)))
    return kept
