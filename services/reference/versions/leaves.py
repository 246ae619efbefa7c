"""What differs inside two values, leaf by leaf, so that a long structure is not shown whole for one number."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Path = tuple[str, ...]


def leaves_between(before: Any, after: Any) -> list[tuple[Path, Any, Any]]:
    """Return path, old and new value of every leaf that differs; a missing one is None. Values of JSON's kinds."""
    old, new = (dict(_leaves(msgspec.to_builtins(value))) for value in (before, after))
    paths = dict.fromkeys((*old, *new))
    return [(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _leaves(part, (*path, str(name)))
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for position, part in enumerate(value, start=1):
            yield from _leaves(part, (*path, str(part.get("step") or part.get("name") or position)))
    else:
        yield path, value
