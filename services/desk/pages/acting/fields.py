"""An act's declaration -> the fields of its form, and a filled-in form -> the act. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast

import msgspec
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    DateType,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    UUIDType,
    VarTupleType,
    type_info,
)

Kind = Literal[
    "words", "line", "unit", "units", "item", "choice", "yes_no", "number", "date", "instant", "photo", "photos",
    "point", "of_point", "limit",
]  # fmt: skip
UNIT_MAX: Final = 64
CODE_MAX: Final = 32
POINT: Final[Mapping[str, Kind]] = {"longitude": "point", "latitude": "of_point"}
"""Two numbers, one pin on a map."""
WORDS_FROM: Final = 500
"""A text that may be so long gets a box of several lines."""
LIMIT_UNITS: Final = ("wd", "wh", "d")
"""What a person lengthens a limit by: working days, working hours, days."""
_LIMIT_ENDS: Final = "(uh|wh|wd|d)$"
KINDS: Final[Mapping[type, Kind]] = {
    BoolType: "yes_no",
    IntType: "number",
    FloatType: "number",
    DateType: "date",
    DateTimeType: "instant",
    LiteralType: "choice",
    UUIDType: "photo",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in."""

    name: str
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()
    longest: int | None = None
    shortest: int = 0
    least: int | None = None
    most: int | None = None


@cache
def fields_of(act: type) -> tuple[Field, ...]:
    """Return the fields of an act's form, in the order of its declaration."""
    declared = cast("StructType", type_info(act))
    return tuple(_field(each.encode_name, each.type, required=each.required) for each in declared.fields)


def filled_in(act: type, given: Mapping[str, Sequence[str]], zone_offset: str = "+08:00") -> Any:
    """Return the act that a form asks for; an empty field that need not be filled is left out.

    Raises:
        msgspec.ValidationError: naming the field.
    """
    values: dict[str, Any] = {"type": str(act.__struct_config__.tag)}  # type: ignore[attr-defined]
    for field in fields_of(act):
        texts = [text for text in given.get(field.name, ()) if text]
        if field.kind in {"units", "photos"}:
            values[field.name] = tuple(dict.fromkeys(texts))
        elif field.kind == "yes_no":
            values[field.name] = texts[:1] == ["yes"]
        elif field.kind == "limit":
            values[field.name] = "".join(texts)
        elif texts or field.required:
            values[field.name] = _with_zone(field, texts[0] if texts else "", zone_offset)
    return msgspec.convert(values, act, strict=False)


def _with_zone(field: Field, text: str, zone_offset: str) -> str:
    # Browsers give the time on the wall without saying of which city.
    if field.kind == "instant" and len(text) == len("2026-03-02T09:00"):
        return f"{text}:00{zone_offset}"
    return text


def _field(name: str, declared: Type, *, required: bool) -> Field:
    bare = _bare(declared)
    if isinstance(bare, StrType):
        return _text(name, bare, required=required)
    if isinstance(bare, VarTupleType):
        many: Kind = "photos" if isinstance(_bare(bare.item_type), UUIDType) else "units"
        return Field(name=name, kind=many, required=required and bool(bare.min_length), most=bare.max_length)
    if isinstance(bare, LiteralType):
        return Field(name=name, kind="choice", required=required, choices=tuple(map(str, bare.values)))
    if isinstance(bare, FloatType) and name in POINT:
        return Field(name=name, kind=POINT[name], required=required)
    if isinstance(bare, IntType):
        return Field(name=name, kind="number", required=required, least=bare.ge, most=bare.le)
    return Field(name=name, kind=KINDS.get(type(bare), "line"), required=required)


def _text(name: str, declared: StrType, *, required: bool) -> Field:
    shortest, longest = declared.min_length or 0, declared.max_length
    if (shortest, longest) == (1, UNIT_MAX):
        return Field(name=name, kind="unit", required=required)
    if (shortest, longest) == (1, CODE_MAX):
        return Field(name=name, kind="item", required=required)
    if (declared.pattern or "").endswith(_LIMIT_ENDS):
        return Field(name=name, kind="limit", required=required)
    kind: Kind = "words" if (longest or WORDS_FROM) >= WORDS_FROM else "line"
    return Field(name=name, kind=kind, required=required and shortest > 0, shortest=shortest, longest=longest)


def _bare(declared: Type) -> Type:
    """Take off what is said about a type, and that it may be left out."""
    if isinstance(declared, Metadata):
        return _bare(declared.type)
    if isinstance(declared, UnionType):
        named = [each for each in declared.types if not isinstance(each, NoneType)]
        return _bare(named[0]) if len(named) == 1 else declared
    return declared
