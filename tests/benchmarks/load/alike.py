"""Reports that have nothing in common, and the same with a share of them about one thing: said by others, and again."""

from collections.abc import Iterator, Sequence
from hashlib import shake_256
from typing import Any, Final

import msgspec

from tests.benchmarks.load.bodies import COUNT, UNIQUE, forms

OWN_WORDS: Final = 12
"""Characters that only one report has; as many as the other loads' mark."""
FURTHER: Final = 37
"""A sentence comes again at the place of the report so many further on: near each other there is nothing alike."""
PLACE: Final = ("point", "grid", "community", "address")
IN_TWENTY: Final = 20
ALIKE_IN_TWENTY: Final = 3
"""So many are others' words for an earlier report of the same place: 15 %."""
REPEATED_IN_TWENTY: Final = 1
"""And so many the same person's same words again: 5 %."""
NEAR: Final = 400
"""An earlier report is one of the last so many: some tenths of a second back."""
SIGNS: Final = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光"
)

Form = dict[str, Any]


def apart(count: int, salt: str) -> list[str]:
    """Return bodies of which hardly one is like another; other ones for each `salt`."""
    return [msgspec.json.encode(form).decode() for form in _apart(count, salt)]


def with_duplicates(count: int, salt: str) -> list[str]:
    """Return as many, every fifth of them about what an earlier one is about."""
    told: list[Form] = []
    for number, form in enumerate(_apart(count, salt)):
        nth = number % IN_TWENTY
        if nth < REPEATED_IN_TWENTY:
            told.append(_earlier(told, number, "contact") or form)
        elif nth < REPEATED_IN_TWENTY + ALIKE_IN_TWENTY:
            told.append(_by_another(_earlier(told, number, "text") or form, number))
        else:
            told.append(form)
    return [msgspec.json.encode(form).decode() for form in told]


def _earlier(told: Sequence[Form], number: int, having: str) -> Form | None:
    """Return one of the last that has something, another one for each number."""
    near = [form for form in told[-NEAR:] if having in form]
    return near[number * 7919 % len(near)] if near else None


def _by_another(form: Form, number: int) -> Form:
    told = {name: value for name, value in form.items() if name != "contact"} | {"text": f"{form['text']}，没人管"}
    return told | _contact("137", number) if number % 2 else told


def _contact(kind: str, number: int) -> Form:
    return {"contact": {"phone": f"{kind}{10_000_000 + number}", "reply_channel": "sms"}}


def _apart(count: int, salt: str) -> Iterator[Form]:
    plain = list(forms(COUNT))
    for number in range(count):
        form, there = plain[number % COUNT], plain[(number + number // COUNT * FURTHER) % COUNT]
        drawn = shake_256(f"{salt}/{number}".encode()).digest(OWN_WORDS)
        own = "".join(SIGNS[one % len(SIGNS)] for one in drawn)
        told = {name: value for name, value in form.items() if name not in PLACE}
        told |= {name: there[name] for name in PLACE if name in there} | {"text": form["text"].replace(UNIQUE, own)}
        yield told | _contact("139", number) if "contact" in form else told
