"""Who changed a case while somebody filled in a form: the refusal of the form says it (who, when, what)."""

from uuid import UUID

from services.chassis.pages.times import short
from services.chassis.web.problems import Problem
from services.desk.domain.timeline import Entry
from services.desk.pages.case.view import read_case
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit

STALE = "stale-revision"


async def with_who(parts: PageParts, visit: Visit, case_id: UUID, problem: Problem) -> Problem:
    """Return the problem; of a stale revision it also says the case's last fact, as its timeline shows it."""
    if problem.slug != STALE:
        return problem
    shown = await read_case(parts, visit, case_id)
    last = shown.entries[-1]
    told = _said(parts, visit, last, shown.names)
    extensions = {**problem.extensions, "changed": told, "changed_at": last.at.isoformat()}
    return Problem(problem.slug, problem.title, problem.status, problem.detail, headers=problem.headers, **extensions)


def _said(parts: PageParts, visit: Visit, last: Entry, names: dict[UUID, str]) -> str:
    words, language = parts.door.renderer.words, visit.view.language
    person = names.get(last.who.person) if last.who.person else None
    place = parts.names.unit(last.who.unit) or words.say_or(language, f"role.{last.who.role}", last.who.role)
    tag = str(last.what.__struct_config__.tag)
    return words.say(
        language,
        "refused.changed",
        who=f"{person} · {place}" if person else place,
        at=short(last.at, visit.view.now, parts.door.renderer.zone, language),
        what=words.say_or(language, f"fact.{tag}", tag),
    )
