"""What may be added to a report later, and what of it may travel."""

from dataclasses import dataclass

from services.contracts.events.report import Lane
from services.intake.domain.form import ATTACHMENTS_MAX, FollowUpForm
from services.intake.domain.lanes import Judge, judged
from services.intake.domain.masking import masked
from services.intake.domain.refusals import RefusedError
from services.intake.domain.text import TEXT_MAX, clean
from services.reference.deciding.lanes import Verdict


@dataclass(frozen=True, slots=True)
class AdmittedFollowUp:
    form: FollowUpForm
    text: str | None
    """Masked; nothing of a sensitive report, nor of sensitive words added to another."""
    raw: str | None
    """As written, where that differs."""
    verdict: Verdict
    """On its words."""


def admit_followup(form: FollowUpForm, lane: Lane, city: Judge) -> AdmittedFollowUp:
    """Return the follow-up as it may be taken to the case; whether it may be is `separate`'s to say.

    Raises:
        RefusedError: a field is missing, or does not belong to this kind.
        StateSecretError: nothing of it may be kept.
    """
    text = clean(form.text, "text", TEXT_MAX)
    verdict = judged(city, text, "web", None)
    if form.kind == "facts" and not text:
        raise RefusedError("text", "say what is new")
    if form.kind == "photo" and not form.attachments:
        raise RefusedError("attachments", "name the photo")
    if (form.kind == "rating") != (form.rating is not None):
        raise RefusedError("rating", "belongs to a rating, and a rating needs it")
    if len(form.attachments) > ATTACHMENTS_MAX:
        raise RefusedError("attachments", f"at most {ATTACHMENTS_MAX}")
    is_sensitive = lane != "ordinary" or verdict.lane != "ordinary"
    shown = None if is_sensitive or not text else masked(text)
    return AdmittedFollowUp(form, shown, text if text and text != shown else None, verdict)
