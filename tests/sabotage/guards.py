"""The guards that are taken out, one at a time, and the tests that must turn red."""

from dataclasses import dataclass
from typing import Final

FAULTS: Final = "tests/faults"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One guard: `old` stands exactly once in `file` and is replaced by `new` in a copy of the tree."""

    name: str
    file: str
    old: str
    new: str
    seen_by: str


GUARDS: Final = (
    Guard(
        name="settle first",
        file="services/ledger/store/acting.py",
        old="        await settle_all(connection, taken, self.cities, asking.act)\n",
        new="",
        seen_by="tests/wire/ledger",
    ),
    Guard(
        name="settle first, under faults",
        file="services/ledger/store/acting.py",
        old="        await settle_all(connection, taken, self.cities, asking.act)\n",
        new="",
        seen_by=FAULTS,
    ),
    Guard(
        name="the report's key, under faults",
        file="services/intake/handlers/accepting.py",
        old="        if claim is not None:\n            first = self._undecided",
        new="        claim = None\n        if claim is not None:\n            first = self._undecided",
        seen_by=FAULTS,
    ),
    Guard(
        name="crash-only: what failed is not acknowledged, under faults",
        file="services/chassis/delivery/finish.py",
        old=(
            "            await retry_transient(lambda: handle(batch), self.outages)\n"
            "        except Exception as error:\n"
        ),
        new="            await handle(batch)\n        except Exception as error:\n            return\n",
        seen_by=FAULTS,
    ),
    Guard(
        name="never early",
        file="services/ledger/domain/settling.py",
        old="clock.next_at <= now]",
        new="clock.next_at - now < now - case.case.accepted_at]",
        seen_by="tests/unit/ledger",
    ),
    Guard(
        name="the verifier is another person",
        file="services/ledger/domain/life/who.py",
        old="    return (looks or verifying(case, asker)) and asker.person_id != row.handler\n",
        new="    return looks or verifying(case, asker)\n",
        seen_by="tests/unit/ledger",
    ),
    Guard(
        name="an accused unit never leads",
        file="services/ledger/domain/life/opening.py",
        old="    accused = set(barred)\n",
        new="    accused: set[str] = set()\n",
        seen_by="tests/unit/ledger",
    ),
    Guard(
        name="nothing is alike across lanes",
        file="services/ledger/domain/likeness.py",
        old="    if one.lane != other.lane:\n        return APART\n",
        new="",
        seen_by="tests/unit/ledger",
    ),
    Guard(
        name="nothing is merged across lanes",
        file="services/ledger/domain/life/merging.py",
        old="    if row.lane != into.lane:\n",
        new="    if not row.lane:\n",
        seen_by="tests/unit/ledger",
    ),
    Guard(
        name="row-level security",
        file="services/ledger/sql/0004_who_sees.sql",
        old="                units && (select identity.current_units())\n",
        new="                true\n",
        seen_by="tests/wire/ledger",
    ),
    Guard(
        name="an act without a token",
        file="services/ledger/sql/0002_take_and_write.sql",
        old="    if token_hash is null and session_user",
        new="    if false and session_user",
        seen_by="tests/wire/ledger",
    ),
    Guard(
        name="a known case is not opened again",
        file="services/ledger/sql/0021_open_by_start.sql",
        old="        on conflict (case_id) do nothing\n",
        new="",
        seen_by="tests/wire/ledger",
    ),
    Guard(
        name="the repeat of an act",
        file="services/ledger/store/acting.py",
        old="        if taken.answered is not None:\n",
        new="        if False:\n",
        seen_by="tests/wire/ledger",
    ),
    Guard(
        name="If-Match",
        file="services/ledger/store/acting.py",
        old="        if asking.if_match != revision:\n",
        new="        if False:\n",
        seen_by="tests/wire/ledger",
    ),
)
