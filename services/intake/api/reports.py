"""`POST /api/v1/reports` and `POST /api/v1/reports:batch`: 201 means committed; routing comes later."""

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.contracts.events.report import TakenIn
from services.intake.api.doorkeeper import Caller, Doorkeeper
from services.intake.api.problems import BacklogError, NoTokenError, refusal_of
from services.intake.api.reading import body_of, claim_in, claim_of, form_in, lines_of
from services.intake.domain.admission import Admitted, City, admit
from services.intake.domain.counter import taken_in
from services.intake.domain.form import BatchLine, ReportForm
from services.intake.domain.receipt import Answer, Receipt
from services.intake.handlers.accepting import AcceptReports
from services.intake.handlers.repeating import TellRepeats
from services.intake.handlers.taking_papers import TakePapers
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Claim

PATH: Final = "/api/v1/reports"
IN_HAND_MAX: Final = 768
"""Lines of all bulk imports under way at the same time: two batches and the next."""
_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoor:
    """Takes reports, one or many in a request."""

    accept: AcceptReports
    doorkeeper: Doorkeeper
    city: Callable[[], City]
    is_full: Callable[[], bool]
    metrics: IntakeMetrics
    papers: TakePapers
    repeats: TellRepeats
    _turns: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(IN_HAND_MAX))

    async def one(self, request: Request) -> Response:
        """Accept a report. The same key and body get the same answer, with `Idempotency-Replayed: true`."""
        scope = request.scope
        caller = await self.doorkeeper.caller(scope)
        body = await body_of(request)
        admitted = self._admit(form_in(body, ReportForm), caller)
        if not admitted.is_emergency:
            self._pace(caller)
        claim = await self._paper(admitted) or claim_in(scope, caller.scope, body)
        answer = await self.accept.one(admitted, claim)
        return self._created(answer, await self.repeats.receipt(answer, admitted.advice))

    async def many(self, request: Request) -> Response:
        """Accept each line for itself, as it comes; answer with one result per line after the last is read."""
        caller = await self.doorkeeper.caller(request.scope)
        if caller.actor is None:
            raise NoTokenError
        results: list[bytes] = []
        under_way: set[asyncio.Task[None]] = set()  # no group: what was read is kept, also when the rest is refused

        async def answer(place: int, line: bytes) -> None:
            results[place] = await self._line(place + 1, line, caller)

        def ended(task: asyncio.Task[None]) -> None:
            self._turns.release()
            if not task.cancelled() and task.exception() is None:
                under_way.discard(task)

        async for line in lines_of(request):
            await self._turns.acquire()
            results.append(b"")
            task = asyncio.create_task(answer(len(results) - 1, line))
            under_way.add(task)
            task.add_done_callback(ended)
        await asyncio.gather(*under_way)
        return Response(b"".join(results), 200, media_type="application/x-ndjson")

    def _pace(self, caller: Caller) -> None:
        # A hotline is one address with many reporters: its people are paced by themselves.
        if caller.actor is None:
            self.doorkeeper.pace(self.doorkeeper.reports, caller.address)
        else:
            self.doorkeeper.pace(self.doorkeeper.staff, caller.scope)

    def _admit(self, form: ReportForm, caller: Caller) -> Admitted:
        if self.is_full():
            raise BacklogError
        admitted = admit(form, self.city(), by_staff=caller.actor is not None)
        if form.on_the_spot and caller.actor is not None:
            admitted = dataclasses.replace(admitted, reported_by=caller.actor.person_id)
        if form.channel != "counter" and form.paper is None and form.reported_on is None:
            return admitted
        return dataclasses.replace(admitted, taken_in=taken_in(form, _clerk(caller)))

    async def _paper(self, admitted: Admitted) -> Claim | None:
        return None if admitted.taken_in is None else await self.papers.claim(admitted.taken_in)

    async def _line(self, number: int, line: bytes, caller: Caller) -> bytes:
        try:
            form = form_in(line, BatchLine)
            admitted = self._admit(form, caller)
            claim = await self._paper(admitted) or claim_of(caller.scope, form.key, line)
            answer = await self.accept.one(admitted, claim)
            told = await self.repeats.receipt(answer, admitted.advice)
        except Exception as error:  # noqa: BLE001 -- one line's failure is that line's answer
            problem = refusal_of(error, self.metrics.refused)
            return _ENCODE({"line": number, "status": problem.status, "problem": problem.document()}) + b"\n"
        receipt = {name: value for name, value in msgspec.structs.asdict(told).items() if value is not None}
        return _ENCODE({"line": number, "status": 201, "replayed": answer.replayed, **receipt}) + b"\n"

    def _created(self, answer: Answer, receipt: Receipt) -> Response:
        headers = {"Location": f"{PATH}/{answer.receipt.tracking_code}"}
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
            self.metrics.replayed.inc()
        return Response(_ENCODE(receipt), 201, headers, "application/json")


def _clerk(caller: Caller) -> TakenIn | None:
    actor = caller.actor
    return None if actor is None else TakenIn(person=actor.person_id, unit=actor.unit, role=actor.role)
