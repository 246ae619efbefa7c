"""The appraisal's policies in force: read when the version changes, not whenever they are asked for."""

from typing import TYPE_CHECKING, Final

from services.reference.model.appraising import AppraisalPolicy
from services.reference.versions.content import version_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

NUMBER: Final = "select reference.version_at((select clock.now()))"
CONTENT: Final = "select version, active_from, content from reference.versions where version = $1"


class PoliciesInForce:
    """Remembers one version's policies."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._policy: AppraisalPolicy | None = None

    async def of(self, connection: "Connection") -> AppraisalPolicy | None:
        """Return the policies in force now; None before anything is published."""
        number = await connection.fetchval(NUMBER)
        if number is not None and number != self._number:
            (row,) = await connection.fetch(CONTENT, number)
            self._policy = version_of(row["content"], row["version"], row["active_from"]).policies.appraisal
            self._number = number
        return self._policy
