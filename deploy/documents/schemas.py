"""schemas/<type>.json: JSON Schema 2020-12 of every event, generated from the structs."""

import json
from typing import Any, Final

import msgspec

from services.contracts.events import Event
from services.contracts.flow import FLOW

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(event_type: type[Event]) -> dict[str, Any]:
    """Return the event's JSON Schema; open content, as readers ignore what they do not know."""
    return {"$schema": DIALECT, "$id": event_type.TYPE, **msgspec.json.schema(event_type)}


def schema_files() -> dict[str, str]:
    """Return the text of every schema file by name."""
    return {
        f"{hop.topic}.json": json.dumps(schema_of(hop.carries), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for hop in FLOW
    }


def breaks(released: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """Return what an old reader or an old message would trip over; within a major version nothing may (design §6)."""
    found: list[str] = []
    old_types, new_types = released.get("$defs", {}), current.get("$defs", {})
    for name, old in old_types.items():
        new = new_types.get(name)
        if new is None:
            found.append(f"{name} is gone")
            continue
        found += [f"{name}.{field} is gone" for field in old.get("properties", {}) if field not in new["properties"]]
        required = set(new.get("required", ())) - set(old.get("required", ()))
        found += [f"{name}.{field} became required" for field in sorted(required)]
        found += [
            f"{name}.{field} changed its type"
            for field, shape in old.get("properties", {}).items()
            if field in new["properties"] and not _accepts(shape, new["properties"][field])
        ]
    return found


def _accepts(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether every value of the old shape is one of the new."""
    told = ("description", "default", "title")
    old, new = ({key: value for key, value in shape.items() if key not in told} for shape in (old, new))
    if "enum" in old and "enum" in new:
        return set(map(str, old["enum"])) <= set(map(str, new["enum"]))
    if "anyOf" in new:
        wanted = old.get("anyOf", [old])
        return all(any(_accepts(each, choice) for choice in new["anyOf"]) for each in wanted)
    return bool(old == new)
