"""Switching an emergency mode and telling every unit of it, in one transaction (S1-19)."""

from typing import Any, Final

from services.contracts.codec import encode
from services.reference.model.version import ReferenceVersion
from services.reference.versions.modes import Switch, Switched, notice_of, profile_of, switch_mode

NOW_AND_EPOCH: Final = "select (select clock.now()) as now, delivery.epoch() as epoch"
ISSUE: Final = "select ledger.issue_notice($1, $2, $3)"


async def switch_and_tell(connection: Any, switch: Switch, version: ReferenceVersion, token_hash: bytes) -> Switched:
    """Switch a profile of `version`, the one in force, as soon as may be, and issue the notice to all units.

    Raises:
        PublicationRefusedError: no such profile or area, on or off already, too little notice, no such role.
    """
    async with connection.transaction():
        switched = await switch_mode(connection, switch, version, token_hash)
        row = await connection.fetchrow(NOW_AND_EPOCH)
        notice = notice_of(switch, switched, profile_of(switch, version), row["now"], row["epoch"])
        await connection.execute(ISSUE, notice.event_id, notice.at, encode(notice))
    return switched
