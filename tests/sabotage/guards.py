"""The guards that are taken out, one at a time, and the tests that must turn red; the cheap ones first."""

from typing import Final

from tests.sabotage.of_cases import OF_CASES
from tests.sabotage.of_delivery import OF_DELIVERY
from tests.sabotage.of_doors import OF_DOORS
from tests.sabotage.of_faults import OF_FAULTS
from tests.sabotage.of_repeats import OF_REPEATS

GUARDS: Final = (*OF_CASES, *OF_REPEATS, *OF_DELIVERY, *OF_DOORS, *OF_FAULTS)
