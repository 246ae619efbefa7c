"""What a guard is, and how it is taken out of a copy of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class GuardNotFoundError(LookupError):
    """The text that makes the guard does not stand once where the table says; the table must follow the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One guard: `old` is replaced by `new` in a copy of the tree, and the tests `seen_by` must then fail.

    `file` may be a pattern where a later migration may say the same again; the text stands once in each that has it.
    """

    name: str
    file: str
    old: str
    new: str
    seen_by: str
    also: tuple[str, str] = ("", "")
    """A second text in the same file, where one is not enough, and what replaces it."""

    @property
    def is_under_faults(self) -> bool:
        """Whether it takes the whole system and minutes to see it."""
        return self.seen_by.startswith("tests/faults")

    def places(self, tree: Path) -> Sequence[Path]:
        """Return the files that hold the guard.

        Raises:
            GuardNotFoundError: none does, or one more than once.
        """
        counts = {path: path.read_text(encoding="utf-8").count(self.old) for path in sorted(tree.glob(self.file))}
        found = [path for path, count in counts.items() if count]
        if not found or max(counts.values()) > 1:
            raise GuardNotFoundError(f"{self.name}: its text stands {sum(counts.values())} times in {self.file}")
        return found

    def take_out(self, tree: Path) -> dict[Path, str]:
        """Take the guard out; return what the files were."""
        before = {path: path.read_text(encoding="utf-8") for path in self.places(tree)}
        for path, text in before.items():
            path.write_text(text.replace(self.old, self.new).replace(*self.also), encoding="utf-8")
        return before
