"""A look at everything after each thing that happened: what must hold, and what must be as it was."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tests.wire.ledger import oracle
from tests.wire.ledger.judging import judge
from tests.wire.ledger.restless import Restless

CASES: Final = """
    select case_id, version, attempt, attempt_awaited, superseded, lead, accepted_at, state = 'merged' as is_merged,
        closed_at is null and state <> 'merged' as is_open, array(
        select a.unit from ledger.assignments a
        where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null) as leads
    from ledger.cases c
"""
CLOCKS: Final = "select k.*, c.urgency from ledger.clocks k join ledger.cases c using (case_id)"
STEPS: Final = "select case_id, kind, unit, cycle, step, owed_at, effective_at, version from ledger.steps"
FACTS: Final = "select case_id, version, topic::text, md5(body) as body, event_id from ledger.facts"
PENDING: Final = "select case_id, version, topic::text from ledger.pending where case_id is not null"
BODIES: Final = "select body from ledger.facts where topic = 'case.progressed.v1' order by case_id, version"
FOLLOWUPS: Final = "select followup_id, case_id, applied_version from ledger.followups"
PROGRESSED: Final = "case.progressed.v1"
MOVE_PROMISES: Final = frozenset({"review", "resume", "settle"})
"""An extension that is granted, and the end of a suspension by condition or date."""
NOT_THE_ORACLES: Final = frozenset({"resume"})
"""Ends on a date somebody named: no limit, no ladder."""
SINCE_ACCEPTED: Final = frozenset({"promise", "dispatch"})
Row = Mapping[str, Any]
Key = tuple[UUID, str, str, int]


class Look:
    """Remembers what was seen; `again` looks, compares, and says what is wrong by an assertion."""

    def __init__(self, city: Restless) -> None:
        self.city = city
        self.cases: dict[UUID, Row] = {}
        self.clocks: dict[Key, Row] = {}
        self.steps: dict[tuple[Any, ...], Row] = {}
        self.facts: dict[tuple[UUID, int, str], Row] = {}
        self.merged: set[UUID] = set()
        """Cases that are merged or were: their clocks stand with another case's, or begin again as they were."""
        self.moved: set[Key] = set()
        """Clocks that were paused, held or lengthened: their steps are checked against themselves."""

    async def again(self) -> None:
        """Look at every table."""
        fetch = self.city.pools.owner.fetch
        cases = {row["case_id"]: row for row in await fetch(CASES)}
        clocks = {key_of(row): row for row in await fetch(CLOCKS)}
        steps = {(*key_of(row), row["step"]): row for row in await fetch(STEPS)}
        facts = {(row["case_id"], row["version"], row["topic"]): row for row in await fetch(FACTS)}
        self.merged |= {case_id for case_id, row in cases.items() if row["is_merged"]}
        self._note_settled(clocks)
        try:
            self._owners(cases)
            self._versions(cases, facts)
            self._outbox(facts, Counter(tuple(row) for row in await fetch(PENDING)))
            self._facts_of_clocks(cases, clocks)
            self._ended(cases, clocks)
            self._owed(clocks, steps)
            self._followups(await fetch(FOLLOWUPS))
        except AssertionError as wrong:
            wrong.add_note("\n".join(self.city.done[-20:]))
            raise
        self.cases, self.clocks, self.steps, self.facts = cases, clocks, steps, facts
        self.city.kinds.clear()
        self.city.acts.clear()

    async def at_the_end(self) -> None:
        """Read every case from its first fact to its last."""
        judge(row["body"] for row in await self.city.pools.owner.fetch(BODIES))

    def _note_settled(self, clocks: Mapping[Key, Row]) -> None:
        """Whatever owes nothing now stands as if it had been taken now: an act may take another case beside its own."""
        now = self.city.now
        owing = {key[0] for key, clock in clocks.items() if clock["next_at"] is not None and clock["next_at"] <= now}
        self.city.taken_at |= dict.fromkeys(self.city.opened - owing, now)

    def _owners(self, cases: Mapping[UUID, Row]) -> None:
        """From the first decision to the end a case has exactly one lead, then none; it asked for each new one."""
        assert set(cases) == self.city.opened
        for case_id, row in cases.items():
            assert row["leads"] == ([row["lead"]] if row["is_open"] else [])
            before = self.cases.get(case_id)
            if before is not None and row["attempt"] != before["attempt"] and self.city.kinds == {"deliver"}:
                # What a resident adds to a closed case begins it again, with the lead it had (S4-03, X-14).
                # A number that the router decided unasked is not allotted (design §3).
                again = max(before["attempt"], *row["superseded"], 0) + 1
                assert row["attempt"] == (before["attempt_awaited"] if before["is_open"] else again)

    def _versions(self, cases: Mapping[UUID, Row], facts: Mapping[tuple[UUID, int, str], Row]) -> None:
        """Versions are contiguous, event ids are not used twice, and no fact ever changes."""
        assert self.facts.items() <= facts.items()
        for case_id, row in cases.items():
            versions = {version for known, version, topic in facts if known == case_id and topic == PROGRESSED}
            assert versions == set(range(1, row["version"] + 1))
        assert len({row["event_id"] for row in facts.values()}) == len(facts)

    def _outbox(self, facts: Mapping[tuple[UUID, int, str], Row], pending: Counter[tuple[Any, ...]]) -> None:
        """Each fact is pending once, from the moment it is stated until a relay has sent it and forgotten it."""
        city = self.city
        assert pending == Counter(facts.keys() - city.forgotten)
        assert {fact for fact, times in city.sent.items() if times > 1} <= city.sent_twice

    def _facts_of_clocks(self, cases: Mapping[UUID, Row], clocks: Mapping[Key, Row]) -> None:
        """Clocks start and stop at the instant something happened; one that has stopped never changes again."""
        for key, clock in clocks.items():
            before, now = self.clocks.get(key), self.city.now
            if clock["adjusted"] is not None or clock["paused_at"] is not None or key[0] in self.merged:
                self.moved.add(key)
            if before is None:
                accepted_at = cases[key[0]]["accepted_at"]
                since = {now, accepted_at} if key[1] in SINCE_ACCEPTED else {now}
                assert clock["started_at"] in since or key[0] in self.merged
            elif before["stopped_at"] is not None:
                assert clock == before or (key[1] == "promise" and self.city.kinds & {"unmerge"})
            elif clock["stopped_at"] is not None:
                assert clock["stopped_at"] == now
            if before is not None and clock["due_at"] != before["due_at"]:
                assert key in self.moved
                assert key[1] != "promise" or self.city.kinds & MOVE_PROMISES
        assert self.clocks.keys() <= clocks.keys()

    def _ended(self, cases: Mapping[UUID, Row], clocks: Mapping[Key, Row]) -> None:
        """What is done runs no longer: nothing of a case that has ended, and not what one act by itself has done."""
        running = {key for key, clock in clocks.items() if clock["stopped_at"] is None}
        assert {kind for case_id, kind, _, _ in running if not cases[case_id]["is_open"]} <= {"follow_up", "promise"}
        assert {case_id for case_id, kind, _, _ in running if kind == "promise" and not cases[case_id]["is_open"]} <= {
            case_id for case_id, row in cases.items() if row["is_merged"]
        }
        if len(self.city.acts) != 1 or len(self.city.kinds) != 1:
            return
        ((act, answer),) = self.city.acts
        left = {(kind, unit) for case_id, kind, unit, _ in running if case_id == answer.case_id}
        assert (act, answer.state) != ("sign_in", "in_progress") or "sign_in" not in {kind for kind, _ in left}
        assert act != "handle" or ("handling", cases[answer.case_id]["lead"]) not in left

    def _owed(self, clocks: Mapping[Key, Row], steps: Mapping[tuple[Any, ...], Row]) -> None:
        """The steps that took effect are those an oracle names: none missed, early, false or moved afterwards."""
        assert self.steps.items() <= steps.items()
        for step in steps.values():
            assert step["effective_at"] >= step["owed_at"]
        assert {row["effective_at"] for key, row in steps.items() if key not in self.steps} <= {self.city.now}
        taken: dict[Key, dict[str, datetime]] = {}
        for step in steps.values():
            taken.setdefault(key_of(step), {})[step["step"]] = step["owed_at"]
        for key, clock in clocks.items():
            if key[1] not in NOT_THE_ORACLES:
                self._owed_by(key, clock, taken.get(key, {}))

    def _owed_by(self, key: Key, clock: Row, taken: Mapping[str, datetime]) -> None:
        by = self.city.taken_at.get(key[0])
        if key in self.moved:
            unmoved = oracle.steps_of(clock)
            assert all(at >= unmoved[step] for step, at in taken.items())
            assert clock["next_at"] is None or by is None or clock["next_at"] > by
        else:
            assert taken == ({} if by is None else oracle.owed(clock, by)), key[1:]
            assert clock["due_at"] == oracle.due(clock), key[1:]

    def _followups(self, rows: list[Row]) -> None:
        """What a resident added is kept once, and applied as soon as there is a case."""
        for row in rows:
            assert (row["applied_version"] is not None) == (row["case_id"] in self.city.opened)


def key_of(row: Row) -> Key:
    return (row["case_id"], row["kind"], row["unit"], row["cycle"])
