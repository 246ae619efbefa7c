"""The pages on speed say what the figures beside them say, and the plots are what they seem."""

import re
from datetime import UTC, datetime
from uuid import UUID

from tests.benchmarks.pages.__main__ import rendered
from tests.benchmarks.pages.figures import DOCS, read_figures
from tests.benchmarks.pages.plots import SPACE, Bar, bars, lines, stacked
from tests.benchmarks.route import first_id

WIDTHS = re.compile(r'<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="20"')


def widths(svg: str) -> list[float]:
    return [float(width) for width in WIDTHS.findall(svg)]


def test_the_pages_say_what_the_figures_say() -> None:
    stale = [
        name for name, text in rendered(read_figures()).items() if (DOCS / name).read_text(encoding="utf-8") != text
    ]

    assert not stale, "run `make pages`"


def test_a_bar_is_as_long_as_its_value() -> None:
    drawn = widths(bars("cases/s", [Bar("one", 100.0, "100"), Bar("other", 25.0, "25")]))

    assert drawn == [SPACE, SPACE / 4]


def test_on_a_logarithmic_scale_equal_factors_are_equal_steps() -> None:
    rows = [Bar("one", 1_000.0, ""), Bar("two", 100.0, ""), Bar("three", 10.0, "")]
    longest, middle, shortest = widths(bars("cases/s", rows, logarithmic=True))

    assert abs((longest - middle) - (middle - shortest)) < 0.2


def test_stacked_parts_add_up() -> None:
    drawn = widths(stacked("CPU", {"product": {"intake": 30.0, "router": 70.0}}, "µs"))

    assert sum(drawn) == SPACE


def test_a_point_that_was_not_measured_is_left_out() -> None:
    drawn = lines("latency", ["p50", "p99"], {"feed": [10.0, None]}, "ms")

    assert drawn.count("<circle") == 1


def test_the_first_id_of_an_instant_is_below_every_id_of_it() -> None:
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)

    assert first_id(at) < UUID("019cac46-1500-7000-8000-000000000000")
    assert first_id(at).int >> 80 == int(at.timestamp()) * 1000
