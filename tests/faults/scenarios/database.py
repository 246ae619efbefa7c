"""PostgreSQL killed, locked, full or out of reach, and clocks that disagree with its own."""

from typing import Final

from tests.faults import looking
from tests.faults.schedule import Fault, Scenario, hour_passes

SCENARIOS: Final = (
    Scenario(
        number=10,
        title="PostgreSQL restarted fast",
        in_test=True,
        checked="503 with Retry-After, then 201",
        faults=[hour_passes(1), Fault(at=2, what="stop", whom="postgres", seconds=3)],
    ),
    Scenario(
        number=11,
        title="PostgreSQL's postmaster killed",
        in_test=True,
        checked="what was acknowledged is there; every index agrees with its table (amcheck)",
        faults=[hour_passes(1), Fault(at=3, what="kill", whom="postgres")],
        also=looking.no_page_is_broken,
    ),
    Scenario(
        number=12,
        title="sessions of the services ended at random, three every half second",
        in_test=True,
        checked="more than ten sessions ended",
        faults=[Fault(at=1, what="terminate", seconds=8, how={"ended": 11}), hour_passes(4)],
        also=looking.sessions_were_ended,
    ),
    Scenario(
        number=13,
        title="answers of PostgreSQL lost after it has committed",
        in_test=True,
        checked="the unknown outcome is settled by natural keys",
        faults=[
            Fault(at=1, what="lost replies", whom=name, seconds=8, how={"wire": "postgres", "share": 0.1})
            for name in ("intake-api", "ledger", "desk", "sla", "notify")
        ]
        + [hour_passes(4)],
        also=looking.connections_broke,
    ),
    Scenario(
        number=14,
        title="no room on the disk of intake's reports, then room again",
        checked="503 with Retry-After, no half of anything, back by itself",
        faults=[
            hour_passes(1),
            Fault(at=2, what="disk full", seconds=10, how={"table": "intake.reports", "bytes": 65_536}),
        ],
        also=looking.was_refused_and_told_when_to_come_again,
        stands_in="a small file system under one table, where mounting is allowed; the whole disk is not filled",
    ),
    Scenario(
        number=15,
        title="every session of PostgreSQL taken, then a table locked for 12 s",
        checked="503 with Retry-After, then back by itself",
        faults=[
            Fault(at=1, what="no connections", seconds=6),
            Fault(at=9, what="lock", seconds=12, how={"table": "intake.reports"}),
            hour_passes(8),
        ],
        also=looking.nobody_waited_for_ever,
    ),
    Scenario(
        number=19,
        title="clocks of sla, ledger, desk and intake wrong by an hour",
        checked="nothing early: deadlines follow PostgreSQL's clock",
        faults=[
            *(
                Fault(at=1, what="order", whom=name, how={"text": f"skew {seconds}"})
                for name, seconds in (("sla", 3600), ("ledger", -3600), ("desk", 3600), ("intake-api", -3600))
            ),
            hour_passes(4),
            *(Fault(at=9, what="kill", whom=name) for name in ("sla", "ledger", "desk", "intake-api")),
        ],
        stands_in="the clock is turned inside the process, not by a library before it; "
        "the checks forbid code to read that clock at all",
    ),
    Scenario(
        number=20,
        title="PostgreSQL's clock moves 10 minutes against a process's",
        checked="settling stops and says why until a person confirms",
        faults=[Fault(at=1, what="leap", whom="sla", how={"after": 3, "seconds": -600}), hour_passes(12)],
        also=looking.the_clock_was_stopped,
        stands_in="the process's monotonic clock is turned instead; the guard compares the two",
    ),
    Scenario(
        number=23,
        title="the ledger cut off from PostgreSQL while its group rebalances",
        checked="the other instance goes on",
        faults=[
            Fault(at=3, what="silence", whom="ledger", seconds=20, how={"wire": "postgres"}),
            Fault(at=4, what="another", whom="ledger", seconds=25),
            hour_passes(10),
        ],
    ),
    Scenario(
        number=24,
        title="PostgreSQL's answers to intake vanish, one way only, for 6 s",
        checked="503 with Retry-After within 4 s, never silence",
        faults=[
            Fault(at=2, what="silence", whom="intake-api", seconds=6, how={"wire": "postgres", "directions": ["down"]})
        ],
        also=looking.nobody_waited_for_ever,
    ),
)
