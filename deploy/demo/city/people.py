"""The people of the simulated city who act: one person per unit and role, each with a real token."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Self

from services.identity.persons import give_token

ROLES: Final = (
    "clerk", "subdistrict_officer", "subdistrict_coordinator", "community_officer", "center_operator", "center_leader",
    "grid_worker",
)  # fmt: skip
STAFF: Final = """
    select person_id, unit, role, coalesce(lane, 'ordinary') as lane from identity.list_persons()
    where role = any ($1) or lane <> 'ordinary' order by unit, role, lane, person_id
"""
VALID: Final = timedelta(days=30)


class NobodyThereError(LookupError):
    """The unit has nobody with that role."""


@dataclass(slots=True)
class People:
    """Tokens by (unit, role, lane). A unit with several persons of one role takes turns by `turn`."""

    tokens: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def of(cls, operator: Any, per_role: int = 2) -> Self:
        """Give tokens to at most `per_role` persons of each unit, role and lane; `operator` connects as that role."""
        people = cls()
        async with operator.transaction():  # hundreds of tokens, one commit
            for row in await operator.fetch(STAFF, list(ROLES)):
                place = people.tokens[row["unit"], row["role"], row["lane"]]
                if len(place) < per_role:
                    place.append((await give_token(operator, row["person_id"], VALID)).secret)
        return people

    def token(self, unit: str, *roles: str, turn: int = 0, lane: str = "ordinary") -> str:
        """Return a token of somebody in `unit` who has the first of `roles` that anybody there has in the lane."""
        for role in roles:
            there = self.tokens.get((unit, role, lane))
            if there:
                return there[turn % len(there)]
        raise NobodyThereError(f"nobody in {unit} is {' or '.join(roles)} in lane {lane}")

    def works_in(self, unit: str, turn: int = 0, lane: str = "ordinary") -> str:
        """Return the token of somebody who does the unit's work in the lane."""
        workers = ("clerk", "subdistrict_officer", "community_officer", "center_operator")
        return self.token(unit, *workers, turn=turn, lane=lane)
