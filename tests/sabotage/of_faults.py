"""Guards whose absence the whole system must show when its parts break: by the scenario that puts it to the test."""

from typing import Final

from tests.sabotage.guard import Guard

PLAYED: Final = "tests/faults/test_scenarios.py::test_nothing_is_lost_doubled_early_false_or_astray"

OF_FAULTS: Final = (
    Guard(
        name="settle first, under faults",
        file="services/ledger/store/acting.py",
        old="    await settle_all(connection, taken, cities, {act.asking.case_id: act.asking.act for act in acts})\n",
        new="",
        seen_by=f"{PLAYED}[s16]",
    ),
    Guard(
        name="the report's key, under faults",
        file="services/intake/handlers/accepting.py",
        old="        if claim is not None:\n            first = self._undecided",
        new="        claim = None\n        if claim is not None:\n            first = self._undecided",
        seen_by=f"{PLAYED}[s13]",
    ),
    Guard(
        name="crash-only: what failed is not acknowledged, under faults",
        file="services/chassis/delivery/finish.py",
        old=(
            "            await retry_transient(lambda: handle(batch), self.outages)\n"
            "        except Exception as error:\n"
        ),
        new="            await handle(batch)\n        except Exception as error:\n            return\n",
        seen_by=f"{PLAYED}[s13]",
    ),
)
