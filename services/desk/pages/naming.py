"""Names of units and items, as the reference version in force has them; pages show ids to nobody."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.chassis.pages.words import Language
from services.reference.deciding.compile import CompiledReference
from services.reference.model.organisation import Unit


class Versions(Protocol):
    """Where the version in force comes from; `reference`'s cache is one."""

    def latest(self) -> CompiledReference: ...


class Names:
    """Looks names up in the version in force; what has gone is shown by its id rather than not at all."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def latest(self) -> CompiledReference:
        """Return the version in force, for pages that draw more than names."""
        return self._versions.latest()

    def unit(self, unit_id: str | None) -> str:
        """Return what the unit is called; units have Chinese names only, as on their doors."""
        if not unit_id:
            return ""
        unit = self._units().get(unit_id) or self._ended(unit_id)
        return unit.name_zh if unit else unit_id

    def named(self, text: str) -> str:
        """Return the id of the unit that people call so; what is no name stays, as the id it may be."""
        if text in self._units():
            return text
        return next((unit.id for unit in self._units().values() if unit.name_zh == text), text)

    def item(self, code: str | None, language: Language) -> str:
        """Return what the item is called; empty for a report that named none."""
        if not code:
            return ""
        item = self._versions.latest().items.get(code)
        if item is None:
            return code
        return item.name_zh if language == "zh" else item.name_en.replace("_", " ").capitalize()

    def item_named(self, text: str) -> str:
        """Return the code of the item that people call so; what is no name stays, as the code it may be."""
        items = self._versions.latest().items
        if text in items:
            return text
        spoken: tuple[Language, ...] = ("zh", "en")
        return next((code for code in items for language in spoken if self.item(code, language) == text), text)

    def grounds(self) -> Sequence[Unit]:
        """Return subdistricts and communities, by name; a grid is found on the map, or by its name."""
        return sorted(
            (unit for unit in self._units().values() if unit.kind in {"subdistrict", "community"}), key=_kind_and_name
        )

    def place(self, grid: str | None, community: str | None, subdistrict: str | None) -> str:
        """Return the place from the large to the small, as people write it."""
        names = [self.unit(unit) for unit in (subdistrict, community) if unit]
        if grid and grid != community:
            names.append(self.unit(grid))
        return " · ".join(dict.fromkeys(names))

    def near(self, words: str) -> tuple[str, ...]:
        """Return the ground whose name has the words: subdistricts, communities, grids."""
        kinds = {"subdistrict", "community", "grid"}
        return tuple(unit.id for unit in self._units().values() if unit.kind in kinds and words in unit.name_zh)

    def departments(self) -> Sequence[Unit]:
        """Return what a whistle can call and a case can be suggested for, by name."""
        units = self._units()
        return sorted((units[unit] for unit in self._versions.latest().organisation.departments()), key=_name)

    def receivers(self) -> Sequence[Unit]:
        """Return every unit that can lead: departments, companies, subdistricts, communities, branch offices."""
        kinds = {"department", "company", "subdistrict", "community", "branch_office", "center"}
        return sorted((unit for unit in self._units().values() if unit.kind in kinds), key=_kind_and_name)

    def branches_of(self, department: str) -> Sequence[Unit]:
        """Return the department's branch offices."""
        found = (unit for unit in self._units().values() if unit.kind == "branch_office" and unit.parent == department)
        return sorted(found, key=_name)

    def subdistricts(self) -> Sequence[Unit]:
        return sorted((unit for unit in self._units().values() if unit.kind == "subdistrict"), key=_name)

    def items(self) -> Mapping[str, tuple[str, str]]:
        """Return every item's two names by its code."""
        return {code: (item.name_zh, item.name_en) for code, item in self._versions.latest().items.items()}

    def kind_of(self, unit_id: str) -> str:
        unit = self._units().get(unit_id)
        return unit.kind if unit else ""

    def _ended(self, unit_id: str) -> Unit | None:
        """Return a unit whose days are over: last year's case shows last year's grid (S1-17)."""
        return next((unit for unit in self._versions.latest().version.organisation if unit.id == unit_id), None)

    def _units(self) -> Mapping[str, Unit]:
        return self._versions.latest().organisation.units


def _name(unit: Unit) -> str:
    return unit.name_zh


def _kind_and_name(unit: Unit) -> tuple[str, str]:
    return (unit.kind, unit.name_zh)
