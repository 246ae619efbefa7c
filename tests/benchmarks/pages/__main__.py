"""`make pages`: renew `docs/performance.md`, `docs/growth.md` and their plots from the last figures."""

import sys

from tests.benchmarks.pages import growth, performance
from tests.benchmarks.pages.figures import DOCS, KEPT, Figures, keep_new_figures, read_figures


def rendered(figures: Figures) -> dict[str, str]:
    """Return what is written, by path below `docs`."""
    plots = {f"{KEPT.name}/{name}": svg for name, svg in performance.plots(figures).items()}
    return {"performance.md": performance.page(figures), "growth.md": growth.page(figures), **plots}


def main() -> int:
    """Keep new figures beside the pages, and write the pages."""
    for name in keep_new_figures():
        sys.stdout.write(f"kept {name}\n")
    for name, text in rendered(read_figures()).items():
        (DOCS / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
