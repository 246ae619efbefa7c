"""What a label names: a domain or an item of the catalogue, a unit, or somebody else's class that stands for some."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

from services.contracts.events import CaseDispatched
from services.reference.deciding.compile import CompiledReference
from services.reference.model.catalogue import Item
from services.whistle.evaluating.labelled import CannotUseRowError, Cells, read_rows
from services.whistle.exits import RefusedError

By = Literal["domain", "item", "lead"]
CONSULTING: Final = "consulting"
"""The class of what no rule decides: the command center looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The classes by which decisions are counted."""

    by: str
    written: dict[str, str]
    """Every way to write a class, with its name."""
    items: dict[str, str]
    """The class of each item."""
    labels: dict[str, str]
    """The label of each class: its own name unless a file says otherwise."""

    @classmethod
    def of(cls, reference: CompiledReference, by: str, path: Path | None) -> Self:
        """Return the classes of a version.

        Raises:
            RefusedError: the file of labels names something unknown.
        """
        items = {} if by == "lead" else {code: _name(item, by) for code, item in reference.items.items()}
        units = reference.organisation.units.values() if by == "lead" else ()
        written = {way: unit.id for unit in units for way in (unit.id, unit.name_zh)}
        for item in reference.items.values() if by != "lead" else ():
            written |= dict.fromkeys(_ways(item, by), _name(item, by))
        labels = {name: name for name in written.values()} if path is None else _labels(path, written)
        return cls(by=by, written=written, items=items, labels=labels)

    def label_of(self, text: str) -> str:
        """Return the label a row means. Raises CannotUseRowError when it is none."""
        text = text.strip()
        if text in self.labels.values() or text == CONSULTING:
            return text
        label = self.labels.get(self.written.get(text, ""))
        if label is None:
            raise CannotUseRowError(f"label {text[:40]!r} names no class" if text else "no label")
        return label

    def class_of(self, decision: CaseDispatched) -> str:
        """Return the label of what was decided; an item may be known where its unit is not, for want of a place."""
        if self.by == "lead":
            name = CONSULTING if decision.consulting else decision.lead
        else:
            name = self.items.get(decision.item or "", CONSULTING)
        return self.labels.get(name, name)


def _name(item: Item, by: str) -> str:
    return item.domain_zh if by == "domain" else item.name_zh


def _ways(item: Item, by: str) -> tuple[str, str, str]:
    if by == "domain":
        return (item.domain_code, item.domain_en, item.domain_zh)
    return (item.code, item.name_en, item.name_zh)


def _labels(path: Path, written: dict[str, str]) -> dict[str, str]:
    def pair(cells: Cells) -> tuple[str, str]:
        name, label = written.get(cells["class"].strip()), cells["label"].strip()
        if name is None or not label:
            raise CannotUseRowError("no such class, or no label for it")
        return name, label

    rows = read_rows(path, ("class", "label"), pair)
    if rows.refused:
        raise RefusedError("\n".join(f"{path.name}, row {row}: {reason}" for row, reason in rows.refused))
    return dict(found for _, found in rows.used)
