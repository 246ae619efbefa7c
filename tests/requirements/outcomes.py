"""What pytest is asked to note: the outcomes of each test file; a file that cannot be read has failed."""

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

from tests.requirements.catalogue import Outcome, id_of


class Outcomes:
    """A plugin; `of` holds the outcomes by requirement id."""

    def __init__(self) -> None:
        self.of: dict[str, list[Outcome]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test's own outcome, or what kept it from running or from ending well."""
        if report.when == "call" or report.outcome != "passed":
            self._note(report.nodeid, report.outcome)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that could not be read."""
        if report.outcome != "passed":
            self._note(report.nodeid, report.outcome)

    def _note(self, nodeid: str, outcome: Outcome) -> None:
        known = id_of(PurePosixPath(nodeid.partition("::")[0]).name)
        if known is not None:
            self.of[known].append(outcome)
