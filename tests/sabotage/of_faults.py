"""Guards whose absence the whole system must show when its parts are killed: one test, minutes each."""

from typing import Final

from tests.sabotage.guard import Guard

KILLS: Final = "tests/faults/test_kills.py"

OF_FAULTS: Final = (
    Guard(
        name="settle first, under faults",
        file="services/ledger/store/acting.py",
        old="        await settle_all(connection, taken, self.cities, asking.act)\n",
        new="",
        seen_by=KILLS,
    ),
    Guard(
        name="the report's key, under faults",
        file="services/intake/handlers/accepting.py",
        old="        if claim is not None:\n            first = self._undecided",
        new="        claim = None\n        if claim is not None:\n            first = self._undecided",
        seen_by=KILLS,
    ),
    Guard(
        name="crash-only: what failed is not acknowledged, under faults",
        file="services/chassis/delivery/finish.py",
        old=(
            "            await retry_transient(lambda: handle(batch), self.outages)\n"
            "        except Exception as error:\n"
        ),
        new="            await handle(batch)\n        except Exception as error:\n            return\n",
        seen_by=KILLS,
    ),
)
