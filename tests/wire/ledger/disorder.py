"""A city in disorder: anybody tries anything at any time, the router answers late, twice or too late."""

import asyncio
import random
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from services.desk.domain.permitted import ACT_TYPES, permitted
from services.desk.queries.cases import CASE_BY_ID
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.state import CENTER, CaseDocument
from services.ledger.store.acting import Asking, NoSuchCaseError, StaleRevisionError
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling
from tests.builders import MONDAY_NOON, a_dispatched_case, a_report, an_id
from tests.environment.database import Database
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.wire.desk.office import SETUP, TheCity

PEOPLE: Final = {
    "a clerk of drainage": ("drainage", "clerk"),
    "the head of drainage": ("drainage", "unit_head"),
    "a clerk of works": ("municipal_works", "clerk"),
    "the head of works": ("municipal_works", "unit_head"),
    "a clerk of sanitation": ("sanitation", "clerk"),
    "a clerk of traffic": ("traffic_police", "clerk"),
    "an officer": ("sub-01", "subdistrict_officer"),
    "the coordinator": ("sub-01", "subdistrict_coordinator"),
    "a community officer": ("com-0101", "community_officer"),
    "an officer of the next street": ("sub-02", "subdistrict_officer"),
    "an operator": (CENTER, "center_operator"),
    "another operator": (CENTER, "center_operator"),
    "the center's leader": (CENTER, "center_leader"),
}
DEPARTMENTS: Final = ("drainage", "municipal_works", "sanitation", "traffic_police")
LEADS: Final = (*DEPARTMENTS, "sub-01")
PAUSES: Final = (0, 1, 10, 60, 240, 480, 1_440, 4_320)
"""Minutes that pass between two things."""


def body_of(kind: str, draw: random.Random) -> dict[str, Any] | None:
    """Return what somebody might write into an act; None for acts that are told elsewhere."""
    unit, reason = draw.choice(LEADS), draw.choice(("职责不清", "群众反映", "情况属实"))
    bodies: dict[str, dict[str, Any]] = {
        "sign_in": {},
        "return": {"reason": reason, "suggested": unit},
        "dispatch": {"lead": unit, "reason": reason, "final": draw.random() < 0.2},
        "whistle": {"kind": draw.choice(("public_demand", "emergency")), "reason": reason},
        "report_in": {"place": "现场"},
        "deliver_part": {"measure": "已配合"},
        "handle": {"accepted_when": "周一", "talked_with": "王某", "measure": "已清掏", "done_by": "当天"},
        "verify": {"done": draw.random() < 0.5, "note": "看过现场"},
        "supervise": {"reason": reason},
        "note": {"kind": draw.choice(("log", "urge")), "text": "已到现场"},
        "reject": {"because": "statutory_channel", "explanation": reason},
        "hand_over": {"to": "119", "note": reason},
        "resolve_on_spot": {"measure": "当场清走", "talked_with": draw.choice(("", "住户王某"))},
        "consult": {"reason": reason, "units": draw.sample(DEPARTMENTS, 2)},
        "ask_extension": {"by": draw.choice(("1wd", "4wh", "2d", "9wd")), "reason": reason},
        "ask_suspension": {"reason": reason, "condition": "雨季结束"},
        "ask_termination": {"reason": reason},
        "withdraw": {},
        "review": {"granted": draw.random() < 0.6, "reason": reason},
        "resume": {"reason": reason},
        "explain": {"talked_with": "王某", "text": "当面说明"},
        "reopen": {"because": "unsatisfied", "reason": reason, "lead": draw.choice((None, unit))},
        "follow_up": {"answer": draw.choice(("satisfied", "unsatisfied", "no_answer")), "note": reason},
        "ask_exclusion": {"because": "beyond_policy", "reason": reason},
        "review_exclusion": {"granted": draw.random() < 0.7, "reason": reason},
        "inspect": {"passed": draw.random() < 0.5, "note": reason},
        "step_up": {"reason": reason},
        "correct": {
            "reason": reason,
            "item": draw.choice(("0203", "0501", None)),
            "ground": draw.choice(("com-0101", "sub-02", None)),
            "address": draw.choice(("南街 6 号", None)),
        },
        "refuse_call": {"reason": reason},
        "joint_result": {"result": "联合处置完毕"},
        "decide": {"proposal": draw.randint(1, 2), "confirm": draw.random() < 0.7, "reason": reason},
        "merge": {"into": str(an_id(draw.choice(MERGING))), "reason": reason},
        "unmerge": {"survivor": str(an_id(draw.choice(MERGING))), "reason": reason},
        "reach_stage": {"stage": "制止", "measure": "现场制止"},
        "wrong_whistle": {"number": draw.randint(1, 2), "reason": reason},
        "evaluate": {
            "number": draw.choice((0, 1, 1, 2)),
            "unit": unit,
            **dict.fromkeys(("punctuality", "effort", "result", "satisfaction"), draw.randint(1, 5)),
        },
        "assign_branch": {"unit": draw.choice(DEPARTMENTS[:2]), "branch": f"{draw.choice(DEPARTMENTS[:2])}@sub-01"},
    }
    return bodies.get(kind)


MERGING: Final = ("case-0", "case-1", "case-2")
"""Cases that somebody may take for one matter."""
FINAL: Final = frozenset({"reject", "hand_over", "follow_up", "merge"})
"""Acts that end a case: tried less often, or nothing lives long enough."""
RARE: Final = frozenset({"reach_stage", "evaluate", "unmerge", "wrong_whistle"})
"""Acts that are seldom offered or seldom fit: tried more often."""


class Disorder:
    """Does one thing after another, sometimes several at once, on a few cases. The same seed does the same."""

    def __init__(self, seed: int, writer: Any, desk: Any, owner: Any, cases: int = 4) -> None:
        self.draw = random.Random(seed)  # noqa: S311 -- a repeatable choice, not a secret
        self.now = MONDAY_NOON
        self.owner = owner
        cities: Any = TheCity(a_gridded_city())
        self.openings, self.settling = Openings(writer, cities), Settling(writer, cities)
        self.acting = ActingTogether(desk, cities)
        self.names = [f"case-{number}" for number in range(cases)]
        self.special: dict[str, dict[str, Any]] = {}
        """What decisions on a case say besides, such as limits of the law."""
        self.reported_by = {an_id("case-3"): person_of("a community officer")}
        """Who reported a case as solved on the spot."""
        self.done: list[str] = []
        """What took effect, in words, for whoever has to read a failure."""
        self.kinds: set[str] = set()
        """Which acts took effect since the last look."""
        self._keys = 0

    async def begin(self) -> None:
        """Open the cases: of a department, of the street, of the grid, and one of the grid that came as solved."""
        leads = ("drainage", "sub-01", "municipal_works", "com-0101")
        tiers = ("D", "S", "G", "G")
        async with self.openings.gate() as gate:
            for name, lead, tier in zip(self.names, leads, tiers, strict=False):
                others = tuple(unit for unit in ("municipal_works", "sanitation") if unit != lead)
                said: dict[str, Any] = (
                    {"on_the_spot": True, "reported_by": self.reported_by[an_id(name)], "reporter_kind": "grid_worker"}
                    if an_id(name) in self.reported_by
                    else {}
                )
                case = a_dispatched_case(
                    name,
                    report=a_report(name, **said),
                    lead=lead,
                    cooperating=() if said else others,
                    tier=tier,
                    whistle_automatic=True,
                    **self.special.get(name, {}),
                )
                await gate.open_once([case])

    async def step(self) -> None:
        """Let some time pass, then let one to three things happen at once."""
        self.now += timedelta(minutes=self.draw.choice(PAUSES))
        await self.owner.execute("update public.stepped set at = $1", self.now)
        at_once = 1 if self.draw.random() < 0.7 else self.draw.randint(2, 3)
        await asyncio.gather(*[await self._something() for _ in range(at_once)])

    async def _something(self) -> Awaitable[None]:
        name, what = self.draw.choice(self.names), self.draw.random()
        if what < 0.1:
            return self._settle()
        if what < 0.3:
            return await self._answer_of_the_router(name)
        return await self._act(name)

    async def _settle(self) -> None:
        if (await self.settling.settle_due(1_000)).steps:
            self.kinds.add("settle")
            self.done.append(f"{self.now} settled")

    async def _answer_of_the_router(self, name: str) -> Awaitable[None]:
        """An answer to what was asked, or a late or repeated one that nobody waits for."""
        row = (await self.document(name)).case
        attempt = row.attempt_awaited or self.draw.randint(1, row.attempt + 1)
        lead, decided_by = await self.by_the_router()
        special = {"cooperating": (), "reference_version": decided_by, **self.special.get(name, {})}
        decision = a_dispatched_case(name, attempt=attempt, lead=lead, report=a_report(name), **special)

        async def open_attempt() -> None:
            async with self.openings.gate() as gate:
                await gate.open_attempts([decision])
            self.kinds.add("attempt")
            self.done.append(f"{self.now} {name}: the router answers attempt {attempt} with {lead}")

        return open_attempt()

    async def by_the_router(self) -> tuple[str, int]:
        """Return whom the router names, and by which version."""
        return self.draw.choice(LEADS), 1

    async def _act(self, name: str) -> Awaitable[None]:
        person = self.draw.choice(tuple(PEOPLE))
        document = await self.document(name)
        offered = list(ACT_TYPES) if self.draw.random() < 0.1 else list(permitted(document, asker_of(person)))
        if self.draw.random() < 0.8:
            offered = [kind for kind in offered if kind not in FINAL | {"note"}] or offered
        kind = self.draw.choice(offered or ["note"])
        body = body_of(kind, self.draw)
        revision = document.case.revision
        self._keys += 1
        key = f"key-{self._keys}"

        async def perform() -> None:
            if body is None or kind in {"merge", "unmerge"}:  # of these another test knows what may change
                return
            act: Any = msgspec.convert({"type": kind, **body}, ACT_TYPES[kind])
            asking = Asking(token_hash=token_of(person), case_id=an_id(name), act=act, if_match=revision, key=key)
            try:
                answer = await self.acting.perform(asking)
            except (RefusedError, StaleRevisionError, NoSuchCaseError):
                return
            self.kinds.add(kind)
            self.done.append(f"{self.now} {name}: {person} {kind} {body} -> {answer.state}")

        return perform()

    async def document(self, name: str) -> CaseDocument:
        row = await self.owner.fetchrow(CASE_BY_ID, an_id(name))
        return msgspec.json.decode(row["document"], type=CaseDocument)

    def told(self) -> str:
        return "\n".join(self.done[-30:])


def token_of(person: str) -> bytes:
    return an_id(f"token of {person}").bytes * 2


def person_of(person: str) -> UUID:
    return an_id(f"person {person}")


def asker_of(person: str) -> Asker:
    unit, role = PEOPLE[person]
    return Asker(person_id=person_of(person), unit=unit, role=role, units=(unit,), lanes=("ordinary",), roles=(role,))


def person_sql(person: str) -> str:
    """Return the SQL of one person with one role and one token."""
    unit, role = PEOPLE[person]
    letters = "abcdefghijklmnopqrstuvwxyz"
    prefix = "person" + "".join(letters[digit] for digit in divmod(list(PEOPLE).index(person), 26))
    return f"""
    insert into identity.persons values ('{person_of(person)}', '某某', now());
    insert into identity.roles (person_id, unit, role, valid_from)
    values ('{person_of(person)}', '{unit}', '{role}', '2026-01-01');
    insert into identity.tokens
    values ('\\x{token_of(person).hex()}', '{prefix}', '{person_of(person)}', now(), now() + interval '1 day');
    """


def prepare(database: Database) -> None:
    """Set the clock up and give everybody a person, a role and a token."""
    grant = "grant select, update on public.stepped to migrator;"
    database.run_sql("\n".join([SETUP, grant, *map(person_sql, PEOPLE)]))
