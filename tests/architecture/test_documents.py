"""Links of the documents lead somewhere, and no file names a registry or a machine's own paths."""

import re
from pathlib import Path
from typing import Final

from deploy.documents.settings import settings_page
from deploy.embedded.state import PROJECT
from tests.architecture.tree import named, tracked

LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
REGISTRY: Final = re.compile(
    r"(?:https?|git)://[a-z0-9.-]*(?:py(?:pi|thon)|npm|maven|debian|golang|crates)[a-z0-9.-]*\.(?:org|io|com)"
)


def test_links_lead_to_files_and_headings_that_exist() -> None:
    broken = [
        f"{named(document)} -> {target}"
        for document in tracked("*.md")
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not leads_somewhere(document, target)
    ]

    assert not broken


def test_the_page_of_settings_says_what_the_services_read() -> None:
    assert (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_no_file_names_a_registry() -> None:
    found_in = [
        f"{named(path)}: {found[0]}"
        for path in tracked()
        if path.suffix != ".md" and (found := REGISTRY.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert not found_in


def leads_somewhere(document: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    if not path.exists():
        return False
    return not heading or path.suffix != ".md" or heading in anchors(path)


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.+?)\s*$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
