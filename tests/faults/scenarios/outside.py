"""Everything slow, receivers and watchers, and faults drawn by chance."""

import os
from typing import Final

from tests.faults import looking
from tests.faults.schedule import Fault, Scenario, by_chance, hour_passes

SEED: Final = int(os.environ.get("WHISTLE_FAULTS_SEED", "11"))
BY_CHANCE_SECONDS: Final = float(os.environ.get("WHISTLE_FAULTS_BY_CHANCE_SECONDS", "45"))

SCENARIOS: Final = (
    Scenario(
        number=25,
        title="every connection slow, narrow and unreliable: 300 ms, 20 KB/s, 2 % resets",
        checked="slower, correct",
        faults=[
            Fault(
                at=2,
                what="slow",
                seconds=12,
                how={
                    "latency_seconds": 0.25,
                    "jitter_seconds": 0.1,
                    "bytes_per_second": 20_000.0,
                    "reset_share": 0.02,
                },
            ),
            hour_passes(6),
        ],
        also=looking.connections_broke,
    ),
    Scenario(
        number=34,
        title="of three receivers of messages one answers with errors, one hangs",
        checked="the third is told everything; what was not delivered is visible",
        faults=[Fault(at=0, what="receivers", how={"kinds": ["good", "wrong", "silent"]}), hour_passes(4)],
        also=looking.others_were_told,
    ),
    Scenario(
        number=35,
        title="notify killed between a receiver's 200 and writing that down",
        checked="it comes again under the same id",
        faults=[Fault(at=0, what="receivers", how={"kinds": ["fatal"]}), hour_passes(6)],
        also=looking.came_again_with_the_same_id,
    ),
    Scenario(
        number=36,
        title="the board killed under its watchers",
        checked="a fresh snapshot, no gap, nothing of other units",
        faults=[
            Fault(at=0, what="watchers", how={"units": ["sanitation", "urban_management", "drainage"]}),
            *(Fault(at=at, what="kill", whom="board") for at in (4, 10)),
            hour_passes(4),
        ],
        also=looking.the_board_is_whole,
    ),
    Scenario(
        number=40,
        title="everything at random, three faults at a time",
        checked="everything; the schedule is printed",
        faults=by_chance(SEED, seconds=BY_CHANCE_SECONDS),
        recovers_within=120,
    ),
)
