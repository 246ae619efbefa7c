"""`POST /acts…`: a filled-in form becomes an act of the ledger; what happens inside a unit has forms of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.pictures import BYTES_MAX, NotAPictureError
from services.chassis.web.acts import parse_idempotency_key
from services.chassis.web.problems import Problem, invalid, of_status
from services.desk.domain.permitted import ACT_TYPES
from services.desk.pages.acting.fields import fields_of, filled_in
from services.desk.pages.acting.meanwhile import with_who
from services.desk.pages.door import local_path, to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.store.inside import as_person, hold, note_in_unit
from services.desk.store.pictures import Kept, attach
from services.ledger.store.acting import Asking

BULK_MAX: Final = 100
BULK_ACTS: Final = ("sign_in", "report_in")
FIELD: Final = "f."
PHOTO: Final = "photo."
PHOTOS: Final = frozenset({"photo", "photos"})


@dataclass(frozen=True, slots=True)
class ActingPages:
    """Takes forms."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        door.post(app, "/acts", self.act)
        door.post(app, "/acts/bulk", self.bulk)
        door.post(app, "/acts/hold", self.hold)
        door.post(app, "/acts/note", self.note)

    async def act(self, visit: Visit) -> Response:
        """Do one thing to a case, with the photos that belong to it."""
        form, case_id = visit.form, visit.form.identity("case")
        name = form.text("type")
        kept = await self._photos(visit, "photos")
        act, more = await self._act_of(visit, name)
        unit = visit.visitor.unit
        if more:
            # What the act names must be there before the act.
            await self._attach(visit, more, case_id, unit, name)
        key = parse_idempotency_key([form.text("key")])
        asked = Asking(token_hash=visit.session, case_id=case_id, key=key, if_match=form.number("revision"), act=act)
        try:
            await self.parts.desk.acts.one(asked)
        except Problem as problem:
            raise await with_who(self.parts, visit, case_id, problem) from problem
        await self._attach(visit, kept, case_id, unit, name)
        if name == "sign_in":
            await self._take_on(visit, case_id)
        return self._done(visit, case_id, name)

    async def bulk(self, visit: Visit) -> Response:
        """Do the same to many cases; each succeeds or fails for itself, and the list says how many did."""
        name, chosen = visit.form.text("type"), visit.form.texts("chosen")[:BULK_MAX]
        if name == "hold":
            done = await self._hold_many(visit, chosen)
        elif name in BULK_ACTS:
            asked = [self._chosen(visit, name, each) for each in chosen]
            results = await self.parts.desk.acts.many(asked)
            done = sum(not isinstance(result, Problem) for result in results)
        else:
            raise of_status(404)
        back = local_path(visit.form.text("back"), "/queue")
        return to(f"{back}{'&' if '?' in back else '?'}{urlencode({'done': f'{done}/{len(chosen)}'})}")

    async def hold(self, visit: Visit) -> Response:
        """Give a case to a colleague of one's unit."""
        form, case_id = visit.form, visit.form.identity("case")
        unit, _, person = form.text("to").partition("/")
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            held = await hold(connection, case_id, unit, _id_of(person))
        if not held:
            raise of_status(404)
        return self._done(visit, case_id, "hold")

    async def note(self, visit: Visit) -> Response:
        """Leave a note that only one's own unit reads."""
        form, case_id = visit.form, visit.form.identity("case")
        text, unit = form.text("text")[:2000], form.text("unit") or visit.visitor.unit
        if not text:
            raise invalid([{"field": "text", "reason": "empty"}])
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            noted = await note_in_unit(connection, case_id, unit, text)
        if not noted:
            raise of_status(404)
        return self._done(visit, case_id, "unit_note")

    async def _act_of(self, visit: Visit, name: str) -> tuple[Any, list[Kept]]:
        """Return the act, and photos that it names itself."""
        if name not in ACT_TYPES:
            raise of_status(404)
        act, given = ACT_TYPES[name], self._given(visit, name)
        kept: list[Kept] = []
        for field in fields_of(act):
            if field.kind in PHOTOS and (photos := await self._photos(visit, PHOTO + field.name)):
                photos = photos if field.kind == "photos" else photos[:1]
                kept += photos
                given[field.name] = [str(photo.attachment_id) for photo in photos]
        try:
            return filled_in(act, given), kept
        except msgspec.ValidationError as error:
            path = str(error).rpartition(" - at `$.")[2].rstrip("`") or "form"
            raise invalid([{"field": self._named(visit, name, path), "reason": "not as asked for"}]) from None

    def _given(self, visit: Visit, name: str) -> dict[str, Sequence[str]]:
        """Return what the form said: people choose names, acts hold ids and codes."""
        names = self.parts.names
        meant: Mapping[str, Callable[[str], str]] = {
            "unit": names.named,
            "units": names.named,
            "item": names.item_named,
        }
        return {
            field.name: [meant.get(field.kind, str)(text) for text in visit.form.texts(FIELD + field.name)]
            for field in fields_of(ACT_TYPES[name])
        }

    def _named(self, visit: Visit, act: str, path: str) -> str:
        words, language = self.parts.door.renderer.words, visit.view.language
        field = path.partition("[")[0]
        return words.say_or(language, f"field.{act}.{field}", words.say_or(language, f"field.{field}", field))

    async def _photos(self, visit: Visit, name: str) -> list[Kept]:
        contents = [await photo.read(BYTES_MAX + 1) for photo in visit.form.files(name)]
        if any(len(content) > BYTES_MAX for content in contents):
            raise of_status(413)
        try:
            return await self.parts.pictures.keep(contents)
        except NotAPictureError as error:
            raise Problem("not-a-picture", "Not a picture", 422, str(error)) from None

    async def _attach(self, visit: Visit, kept: Sequence[Kept], case_id: UUID, unit: str, about: str) -> None:
        if not kept:
            return
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            if not await attach(connection, kept, case_id, unit, about):
                raise of_status(404)

    async def _take_on(self, visit: Visit, case_id: UUID) -> None:
        """Whoever signs in has it, in each of their units that has a part."""
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            for unit in visit.visitor.units:
                await hold(connection, case_id, unit, visit.visitor.person_id)

    def _chosen(self, visit: Visit, name: str, chosen: str) -> Asking:
        case, _, revision = chosen.partition("/")
        known = _id_of(case)
        key = parse_idempotency_key([f"{visit.form.text('key')}-{known.hex}"])
        act = ACT_TYPES[name]()
        return Asking(token_hash=visit.session, case_id=known, key=key, if_match=_number(revision), act=act)

    async def _hold_many(self, visit: Visit, chosen: Sequence[str]) -> int:
        unit, _, person = visit.form.text("to").partition("/")
        holder = _id_of(person)
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            held = [await hold(connection, _id_of(each.partition("/")[0]), unit, holder) for each in chosen]
        return sum(held)

    def _done(self, visit: Visit, case_id: UUID, what: str) -> Response:
        part: Mapping[str, str] = {"part": "1"} if visit.by_script else {}
        return to(f"/cases/{case_id}?{urlencode({**part, 'done': what})}")


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise of_status(404) from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
