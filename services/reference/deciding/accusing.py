"""Who is complained about: the name of a unit beside a word of complaint, not a name alone (X-10)."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.reference.deciding.lexicon import Hit, Reading
from services.reference.deciding.plain import CLAUSE
from services.reference.model.organisation import GRASSROOTS, Unit

BEFORE_MAX: Final = 6
"""Characters between 投诉 and the name after it."""
AFTER_MAX: Final = 8
"""Characters between the name and 不作为 after it."""
NAME_MIN: Final = 3
_PLACES: Final = GRASSROOTS | {"district"}


def names_of(units: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    """Yield every name by which a unit is recognised, with its id.

    The district's own name may be left out before a department's; the grassroots are known by their aliases only.
    """
    known = list(units)
    district = next((unit.name_zh for unit in known if unit.kind == "district"), "")
    for unit in known:
        yield from ((alias, unit.id) for alias in unit.aliases)
        if unit.kind not in _PLACES:
            short = unit.name_zh.removeprefix(district)
            yield from ((name, unit.id) for name in {unit.name_zh, short} if len(name) >= NAME_MIN)


def accused_in(reading: Reading) -> tuple[str, ...]:
    """Return the units a text complains about, in the order in which they are named."""
    names = _longest([hit for hit in reading.hits if hit.entry.unit])
    if not names:
        return ()
    others = [hit for hit in reading.hits if hit.entry.means == "party"]
    blamed = [name for name in names if _is_blamed(name, reading, others)]
    return tuple(dict.fromkeys(name.entry.unit for name in blamed))


def _longest(names: list[Hit]) -> list[Hit]:
    """Return the names that are no part of a longer one: 桥西综合执法中队 is not 综合执法."""
    return [
        name
        for name in names
        if not any(
            other.start <= name.start and name.end <= other.end and len(other.entry.written) > len(name.entry.written)
            for other in names
        )
    ]


def _is_blamed(name: Hit, reading: Reading, others: list[Hit]) -> bool:
    for hit in reading.hits:
        if hit.entry.means == "accusing" and 0 <= name.start - hit.end <= BEFORE_MAX:
            between = (hit.end, name.start)
        elif hit.entry.means == "conduct" and 0 <= hit.start - name.end <= AFTER_MAX:
            between = (name.end, hit.start)
        else:
            continue
        if _nobody_else(between, reading.text, others):
            return True
    return False


def _nobody_else(between: tuple[int, int], text: str, others: list[Hit]) -> bool:
    start, end = between
    return CLAUSE not in text[start:end] and not any(start <= other.start and other.end <= end for other in others)
