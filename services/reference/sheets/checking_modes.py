"""Emergency profiles name items, domains and units that exist, and limits that can be read."""

from collections.abc import Collection, Iterator, Sequence

from services.reference.model.catalogue import Item
from services.reference.model.modes import ModeClass, ModeProfile
from services.reference.sheets.refusals import Refusal
from services.worktime.limits import Limit, UnreadableLimitError


def check_modes(
    profiles: Sequence[ModeProfile], catalogue: Sequence[Item], units: Collection[str]
) -> Iterator[Refusal]:
    """Yield what keeps a profile from being switched on. Rows count profiles, in the order of their files."""
    codes = {item.code for item in catalogue} | {item.domain_code for item in catalogue}
    for number, profile in enumerate(profiles, start=1):
        if any(other.id == profile.id for other in profiles[: number - 1]):
            yield Refusal("modes", number, "id", f"{profile.id!r} appears twice")
        for named in profile.classes:
            yield from (Refusal("modes", number, "classes", reason) for reason in _class_faults(named, codes))
        for group in (*profile.groups, *profile.reserves):
            for unit in (unit for unit in group.units if unit not in units):
                yield Refusal("modes", number, "groups", f"{group.name_zh}: {unit!r} is no unit")


def _class_faults(named: ModeClass, codes: Collection[str]) -> Iterator[str]:
    for code in (*named.items, *named.domains):
        if code not in codes:
            yield f"{code!r} is neither an item nor a domain of the catalogue"
    if not named.limits:
        yield "a class without limits changes nothing"
    for clock, limit in named.limits.items():
        try:
            Limit.parse(limit)
        except UnreadableLimitError as error:
            yield f"{clock}: {error}"
