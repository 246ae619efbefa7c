"""Words added to a report that may not reach its case: they become a report of their own, with its own people.

Whoever complains about a unit is not read by that unit (X-10), and what belongs into a sensitive lane is not read by
those of an ordinary case (S4-04), whenever it is said.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from services.contracts.events.report import Lane, ReportFacts
from services.intake.domain.admission import Admitted, City, RawText
from services.intake.domain.form import FollowUpForm, ReportForm
from services.intake.domain.lanes import advice_in, all_accused
from services.intake.domain.masking import masked
from services.reference.deciding.lanes import Verdict


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as it travelled, and the units that never see it."""

    facts: ReportFacts
    barred_units: tuple[str, ...]


def may_be_separate(verdict: Verdict, lane: Lane) -> bool:
    """Whether the words may not reach the case of a report in this lane."""
    return bool(verdict.accused) or _is_of_another_lane(verdict, lane)


def is_separate(verdict: Verdict, reported: Reported) -> bool:
    """Whether the words accuse somebody who sees the case, or are of a lane whose people do not."""
    sees_it = bool(set(verdict.accused) - set(reported.barred_units))
    return sees_it or _is_of_another_lane(verdict, reported.facts.lane)


def _is_of_another_lane(verdict: Verdict, lane: Lane) -> bool:
    return lane == "ordinary" and verdict.lane != "ordinary"


def separated(form: FollowUpForm, text: str, verdict: Verdict, reported: Reported, city: City) -> Admitted:
    """Return the words as a report of their own: about the same place, and never in a wider lane than the first."""
    facts = reported.facts
    lane = verdict.lane if verdict.lane != "ordinary" else facts.lane
    is_ordinary = lane == "ordinary"
    urgency = city.urgency_of(facts.item) if is_ordinary and facts.item else None
    item = facts.item if urgency is not None else None
    shown = masked(text) if is_ordinary else None
    accused = all_accused(verdict.accused, facts.accused)
    return Admitted(
        form=ReportForm(text=text, item=item, attachments=form.attachments),
        reporter_kind=facts.reporter_kind,
        place=facts.place if is_ordinary else replace(facts.place, address=None),
        text=shown,
        lane=lane,
        route=verdict.route if is_ordinary else None,
        accused=accused,
        barred_units=city.barred_by(accused) if accused else (),
        urgency=urgency,
        raw=RawText(text=text) if text != shown else None,
        contact=None,  # sealed for the first report alone; the receipt has a tracking code
        advice=advice_in(city, verdict.route),
        added_to=facts.number,
    )
