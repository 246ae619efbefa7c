"""A published bulletin is told to every unit, once: the notice's id comes from the month."""

from typing import Final

from services.appraisal.domain.bulletin import read_bulletin
from services.chassis.postgres import Pool
from services.contracts.codec import encode, event_id_of
from services.contracts.events import NoticeIssued

PUBLISHED: Final = """
    select b.period, b.body, b.published_at, (select delivery.epoch()) as epoch from appraisal.bulletins b
    where b.published_at > (select clock.now()) - interval '2 days' and not b.period = any ($1)
    order by b.period
"""
ISSUE: Final = "select ledger.issue_notice($1, $2, $3)"


async def tell_of_published(pool: Pool, told: set[str]) -> None:
    """Issue the notice of each bulletin of the last two days that is not `told`; one that is known stays as it is."""
    async with pool.acquire() as connection:
        for row in await connection.fetch(PUBLISHED, sorted(told)):
            bulletin = read_bulletin(row["body"])
            rates = {str(name): rate.percent for name, rate in bulletin.rates.items()}
            notice = NoticeIssued(
                event_id=event_id_of(row["epoch"], "bulletin", bulletin.period),
                at=row["published_at"],
                kind="bulletin",
                units=tuple(sorted({one.unit for one in bulletin.units} | {one.unit for one in bulletin.subdistricts})),
                subject=f"{bulletin.period} 月通报",
                facts={"period": bulletin.period, **rates},
            )
            await connection.execute(ISSUE, notice.event_id, notice.at, encode(notice))
            told.add(bulletin.period)
