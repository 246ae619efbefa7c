"""Kafka killed, silent, forgetful, or full of what nobody can read."""

import os
from typing import Final

from tests.faults import looking
from tests.faults.schedule import Fault, Scenario, hour_passes

KAFKA_DOWN_SECONDS: Final = float(os.environ.get("WHISTLE_FAULTS_KAFKA_DOWN_SECONDS", "25"))
RECEIVED: Final = "report.received.v1"
DISPATCHED: Final = "case.dispatched.v1"
BAD_FEW: Final = 15
BAD_MANY: Final = 45

SCENARIOS: Final = (
    Scenario(
        number=5,
        title="the broker killed and started again",
        checked="consumers resume",
        faults=[Fault(at=2, what="kill", whom="kafka"), hour_passes(3)],
    ),
    Scenario(
        number=6,
        title="the broker paused for 20 s, longer than a session",
        checked="rebalancing ends",
        faults=[Fault(at=2, what="pause", whom="kafka", seconds=20), hour_passes(8)],
    ),
    Scenario(
        number=7,
        title="the broker stopped while intake accepts and steps fall due",
        checked="every answer was 201",
        faults=[Fault(at=2, what="stop", whom="kafka", seconds=KAFKA_DOWN_SECONDS), hour_passes(6, 120)],
        also=looking.accepted_all_the_time,
    ),
    Scenario(
        number=8,
        title="broker amnesia: everything Kafka ever stored is gone",
        checked="topics come back, everything is delivered, nothing takes effect twice",
        faults=[Fault(at=4, what="forget"), hour_passes(5)],
        may_repair=True,
        recovers_within=150,
    ),
    Scenario(
        number=9,
        title="a topic deleted by an operator",
        in_test=True,
        checked="it is made anew and filled",
        faults=[Fault(at=4, what="no topic", how={"topic": RECEIVED}), hour_passes(5)],
        may_repair=True,
        recovers_within=150,
    ),
    Scenario(
        number=22,
        title="the router cut off from Kafka for 20 s while another instance takes over",
        checked="two owners of a partition do no harm",
        faults=[
            Fault(at=1, what="another", whom="router", seconds=30),
            Fault(at=6, what="silence", whom="router", seconds=20, how={"wire": "kafka"}),
            hour_passes(10),
        ],
    ),
    Scenario(
        number=29,
        title="records that nobody can read among the good ones",
        in_test=True,
        checked=f"{2 * BAD_FEW} dead letters, everything else delivered",
        faults=[
            Fault(at=2, what="poison", how={"topic": RECEIVED, "count": BAD_FEW}),
            Fault(at=3, what="poison", how={"topic": DISPATCHED, "count": BAD_FEW}),
            hour_passes(4),
        ],
        dead_letters=2 * BAD_FEW,
    ),
    Scenario(
        number=30,
        title="nothing but bad records, as after a bad deploy",
        checked="the worker stops until an operator decides; nothing is lost",
        faults=[
            Fault(at=2, what="poison", how={"topic": RECEIVED, "count": BAD_MANY, "partition": 3}),
            Fault(at=3, what="operator", whom="router", seconds=20),
        ],
        also=looking.the_worker_stopped,
        dead_letters=BAD_MANY,
        recovers_within=90,
    ),
    Scenario(
        number=37,
        title="the relay killed between Kafka's acknowledgement and forgetting the row",
        checked="sent again, takes effect once",
        faults=[
            fault
            for at in (2.0, 6.0, 10.0)
            for fault in (
                Fault(
                    at=at,
                    what="silence",
                    whom="intake-relay",
                    seconds=2,
                    how={"wire": "postgres", "directions": ["up"]},
                ),
                Fault(at=at + 1.9, what="kill", whom="intake-relay"),
            )
        ],
    ),
    Scenario(
        number=38,
        title="Kafka's answers to producers vanish for 18 s",
        checked="the producers are made anew, order per case is kept",
        faults=[
            Fault(at=2, what="silence", whom=name, seconds=18, how={"wire": "kafka", "directions": ["down"]})
            for name in ("intake-relay", "ledger")
        ]
        + [hour_passes(6)],
        stands_in="no stub broker that answers OutOfOrderSequence: the producer gives up by its deadline instead",
    ),
)
