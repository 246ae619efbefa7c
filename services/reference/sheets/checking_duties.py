"""What goes down to the grassroots: nothing without an admission that is approved and covers it (S0-08, X-05)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.reference.model.duties import HOLDS, Admission, Duty, Power
from services.reference.sheets.checking import Known, twice
from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal

TIERS: Final = frozenset({"subdistrict", "community"})


def check_admissions(entries: Sequence[Entry[Admission]], known: Known) -> Iterator[Refusal]:
    """Yield admissions of unknown departments, items and units, and numbers that appear twice."""
    yield from twice("admissions", "id", entries, lambda admission: admission.id)
    for entry in entries:
        admission = entry.value
        if admission.requested_by not in known.units or known.is_grassroots(admission.requested_by):
            yield Refusal("admissions", entry.row, "requested_by", f"{admission.requested_by!r} is no department")
        for code in admission.items:
            if code not in known.items:
                yield Refusal("admissions", entry.row, "items", f"{code!r} is not in the catalogue")
        for unit in admission.units:
            if unit not in known.units:
                yield Refusal("admissions", entry.row, "units", f"{unit!r} is no unit")


def check_duties(
    entries: Sequence[Entry[Duty]], admissions: Mapping[str, Admission], known: Known
) -> Iterator[Refusal]:
    """Yield duties of units that are no grassroots, of unknown items, and those that nobody admitted."""
    yield from twice("duty_lists", "item", entries, lambda duty: (duty.unit, duty.item, duty.valid_from))
    for entry in entries:
        duty = entry.value
        if duty.unit not in known.units or not known.is_grassroots(duty.unit):
            yield Refusal("duty_lists", entry.row, "unit", f"{duty.unit!r} is no subdistrict, community or grid")
        elif duty.item not in known.items:
            yield Refusal("duty_lists", entry.row, "item", f"{duty.item!r} is not in the catalogue")
        elif (reason := _not_admitted(duty, admissions.get(duty.admission), known)) is not None:
            yield Refusal("duty_lists", entry.row, "admission", reason, _sender(duty.item, known))


def check_powers(entries: Sequence[Entry[Power]], known: Known) -> Iterator[Refusal]:
    """Yield powers over unknown items, and powers of units that are no grassroots."""
    for entry in entries:
        power = entry.value
        if power.item not in known.items:
            yield Refusal("powers", entry.row, "item", f"{power.item!r} is not in the catalogue")
        if power.holder not in TIERS and not (power.holder in known.units and known.is_grassroots(power.holder)):
            yield Refusal("powers", entry.row, "holder", f"{power.holder!r} is no subdistrict, community or grid")


def _not_admitted(duty: Duty, admission: Admission | None, known: Known) -> str | None:
    if admission is None:
        return f"no admission {duty.admission}"
    if admission.state not in HOLDS:
        return f"admission {admission.id} is not approved: {admission.state}"
    if duty.item not in admission.items:
        return f"admission {admission.id} does not cover item {duty.item}"
    if not set(known.path(duty.unit)) & set(admission.units):
        return f"admission {admission.id} does not cover {duty.unit}"
    if duty.approved_on is not None and duty.approved_on != admission.decided_on:
        return f"admission {admission.id} was decided on {admission.decided_on}, not on {duty.approved_on}"
    return None


def _sender(item: str, known: Known) -> str:
    """Return the department whose work it is: it is the one that sends it down."""
    found = known.items[item]
    return found.duty_of or found.lead
