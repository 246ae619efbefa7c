"""One admitted report -> the row to write: the event's bytes, and what is personal sealed for the vault."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from services.chassis.sealing import Keys
from services.contracts.codec import decode, encode
from services.contracts.events import ReportFacts, ReportReceived
from services.intake.domain.admission import Admitted
from services.intake.domain.form import Contact
from services.intake.domain.lately import SaidLately
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.repeats import is_repeat
from services.intake.domain.tracking import tail_mac
from services.intake.ports import Claim, Moment, NewReport, Sealed

CONTACT: Final = b"contact"
TEXT: Final = b"text"

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class ToAccept:
    """A report on its way into a batch."""

    report_id: UUID
    admitted: Admitted
    claim: Claim | None
    repeat_mark: int | None = None


def written_down(one: ToAccept, moment: Moment, serial: int, keys: Keys, lately: SaidLately) -> NewReport:
    """Return the row of a report that gets this serial at this moment; who says the same next finds it in `lately`."""
    report_id, admitted = one.report_id, one.admitted
    contact, raw = _sealed(report_id, admitted, keys)
    phone = admitted.contact.phone if admitted.contact else None
    repeats = None if one.repeat_mark is None else _repeated(one, one.repeat_mark, moment, lately)
    body = encode(_event_of(one, moment, serial, repeats))
    if one.repeat_mark is not None:
        lately.remember(one.repeat_mark, report_id, body)
    return NewReport(
        report_id=report_id,
        serial=serial,
        lane=admitted.lane,
        barred_units=admitted.barred_units,
        body=body,
        key_id=keys.current_id,
        claim=one.claim,
        contact=contact,
        tail_mac=tail_mac(phone, keys.current.marking) if phone else None,
        raw=raw,
        attachments=admitted.form.attachments,
        repeat_mark=one.repeat_mark,
        repeats=repeats,
    )


def _repeated(one: ToAccept, mark: int, moment: Moment, lately: SaidLately) -> UUID | None:
    """Return the newest report that this one only repeats, of this moment first: it may not be committed yet."""
    newest = lately.body_of(mark)
    same = [] if newest is None else [decode(newest, ReportReceived).report]
    same += [report for said, report in moment.said_before if said == mark]
    return next((report.report_id for report in same if is_repeat(report, one.admitted)), None)


def seal_text(owner: UUID, text: bytes, keys: Keys) -> Sealed:
    """Return a text sealed under a key of its own."""
    envelope = keys.seal_for(owner.bytes)
    return Sealed(envelope.wrapped_key, envelope.seal(TEXT, text))


def _sealed(report_id: UUID, admitted: Admitted, keys: Keys) -> tuple[Sealed | None, Sealed | None]:
    if admitted.contact is None and admitted.raw is None:
        return None, None
    envelope = keys.seal_for(report_id.bytes)

    def seal(part: bytes, value: object) -> Sealed | None:
        if value is None:
            return None
        return Sealed(envelope.wrapped_key, envelope.seal(part, _ENCODER.encode(value)))

    return seal(CONTACT, admitted.contact), seal(TEXT, admitted.raw)


def _event_of(one: ToAccept, moment: Moment, serial: int, repeats: UUID | None) -> ReportReceived:
    report_id, admitted, form = one.report_id, one.admitted, one.admitted.form
    return ReportReceived(
        event_id=report_id,
        report=ReportFacts(
            report_id=report_id,
            case_id=report_id,
            number=str(ReportNumber.of(moment.now, moment.epoch, serial)),
            accepted_at=moment.now,
            channel=form.channel,
            reporter_kind=admitted.reporter_kind,
            has_contact=_can_be_answered(admitted.contact),
            place=admitted.place,
            item=form.item,
            text=admitted.text,
            lane=admitted.lane,
            accused=admitted.accused,
            route=admitted.route,
            on_the_spot=form.on_the_spot,
            reported_by=admitted.reported_by,
            attachments=form.attachments,
            taken_in=admitted.taken_in,
            added_to=admitted.added_to,
            repeats=repeats,
        ),
    )


def _can_be_answered(contact: Contact | None) -> bool:
    return contact is not None and bool(contact.phone or contact.openid or contact.mail)
