"""A draft looked at beside the version in force: compiled, its findings with their cells, and what differs."""

from dataclasses import dataclass

from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.lint.checks import lint
from services.reference.lint.placing import PlacedFinding, placed
from services.reference.model.version import ReferenceVersion
from services.reference.versions.diff import Change, changes_between


@dataclass(frozen=True, slots=True)
class Examined:
    """What somebody reads before a draft is published."""

    draft: CompiledReference
    findings: tuple[PlacedFinding, ...]
    changes: tuple[Change, ...]


def examine(active: ReferenceVersion, draft: ReferenceVersion) -> Examined:
    """Return what is to be known of a draft: a second of work for a large district, so not on an event loop.

    Raises:
        UnreadableLimitError, CalendarDataError: the draft cannot be compiled.
    """
    compiled = compile_version(draft)
    return Examined(compiled, tuple(placed(lint(compiled), draft)), tuple(changes_between(active, draft)))
