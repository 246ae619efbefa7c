"""Processes that are killed, doubled, replaced, or ill inside."""

from functools import partial
from typing import Final

from tests.faults import looking
from tests.faults.schedule import SERVICES, Fault, Scenario, hour_passes, killed

HANG: Final = "hang services.ledger.handlers OpenCases __call__"
HANG_TIMER: Final = "hang services.sla.handlers SettleDue __call__"

SCENARIOS: Final = (
    Scenario(
        number=1,
        title="intake's door and relay killed again and again",
        checked="recovery",
        faults=[*killed("intake-api", "intake-relay"), hour_passes(3)],
    ),
    Scenario(
        number=2,
        title="router and ledger killed again and again",
        checked="recovery",
        faults=[*killed("router", "ledger"), hour_passes(3)],
    ),
    Scenario(
        number=3,
        title="sla killed again and again while steps fall due",
        checked="steps once each",
        faults=[*killed("sla"), *(hour_passes(at, 30) for at in (1, 4, 7, 9))],
    ),
    Scenario(
        number=4,
        title="notify, appraisal and board killed again and again",
        checked="one message per fact and recipient",
        faults=[*killed("notify", "appraisal", "board"), hour_passes(3)],
    ),
    Scenario(
        number=16,
        title="sla stopped across many deadlines",
        in_test=True,
        checked="each step once",
        faults=[Fault(at=1, what="stop", whom="sla", seconds=6), hour_passes(3, 600)],
    ),
    Scenario(
        number=17,
        title="a whole working day's deadlines due in the same second",
        checked="each step once, intake answers meanwhile",
        faults=[hour_passes(15, 24 * 60)],
        per_second=30,
        reports_min=400,
        stands_in="as many as the ground then holds; 10,000 and 100,000 at once are measured by make bench",
    ),
    Scenario(
        number=18,
        title="two instances of sla, one paused in the middle of settling",
        checked="each step once",
        faults=[
            Fault(at=1, what="another", whom="sla", seconds=14),
            *(hour_passes(at, 60) for at in (5, 7, 9)),
            Fault(at=7.02, what="pause", whom="sla", seconds=6),
        ],
    ),
    Scenario(
        number=21,
        title="departments work while deadlines pass every 0.3 s",
        in_test=True,
        checked="steps agree with when each clock stopped",
        faults=[Fault(at=4, what="jump", how={"minutes": 15, "times": 24, "apart": 0.3})],
        per_second=20,
    ),
    Scenario(
        number=26,
        title="rolling restart of every service under load",
        checked="no error at the doors but 503 with Retry-After",
        faults=[
            Fault(at=1, what="another", whom="intake-api", seconds=30),
            Fault(at=8, what="roll", how={"services": SERVICES}),
            hour_passes(12),
        ],
        also=looking.no_error_at_the_doors,
    ),
    Scenario(
        number=27,
        title="the router scaled from one to three instances and back under load",
        checked="nothing twice",
        faults=[
            Fault(at=1, what="another", whom="router", seconds=15, how={"count": 2}),
            hour_passes(8),
        ],
    ),
    Scenario(
        number=28,
        title="more instances of notify than notices have partitions, the active one killed",
        checked="the other takes over",
        faults=[
            Fault(at=1, what="another", whom="notify", seconds=18),
            Fault(at=8, what="kill", whom="notify"),
            hour_passes(4),
        ],
    ),
    Scenario(
        number=31,
        title="a handler of the ledger hangs for ever",
        checked="the watchdog ends the process within 90 s",
        faults=[Fault(at=2, what="order", whom="ledger", how={"text": HANG}), hour_passes(5)],
        also=partial(looking.was_ended_by_the_watchdog, name="ledger"),
        per_second=4,
        recovers_within=100,
    ),
    Scenario(
        number=32,
        title="the router's event loop busy for 60 s",
        checked="the watchdog's thread ends the process",
        faults=[Fault(at=2, what="order", whom="router", how={"text": "block 60"}), hour_passes(5)],
        also=partial(looking.was_ended_by_the_watchdog, name="router"),
        recovers_within=45,
    ),
    Scenario(
        number=33,
        title="the timer of sla hangs for ever",
        checked="the watchdog ends the process within 90 s; every owed step takes effect once",
        faults=[Fault(at=2, what="order", whom="sla", how={"text": HANG_TIMER}), hour_passes(4)],
        also=partial(looking.was_ended_by_the_watchdog, name="sla"),
        per_second=4,
    ),
    Scenario(
        number=39,
        title="no file descriptors left in intake and the ledger, no room for the router's log",
        checked="refusals or restarts, nothing lost",
        faults=[
            Fault(at=2, what="few files", whom="intake-api", seconds=5),
            Fault(at=4, what="few files", whom="ledger", seconds=5),
            Fault(at=3, what="full log", whom="router", seconds=8),
            hour_passes(5),
        ],
        stands_in="no memory limit of a control group: limits on descriptors and on the size of the log only",
    ),
)
