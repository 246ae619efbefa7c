"""Back to the lead: half of its limit; the third time a problem ticket, which goes one step up (domain §6.2, §6.4)."""

from datetime import datetime
from decimal import Decimal

from services.contracts.events import Actor
from services.contracts.events.progress import ReworkOrdered
from services.ledger.domain.city import City
from services.ledger.domain.clocks import start_clock
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life.problem_ticket import reworked
from services.ledger.domain.proposing import REWORKS, propose_interviews
from services.ledger.domain.taken import TakenCase
from services.worktime.arithmetic import add
from services.worktime.limits import Limit


def order_rework(case: TakenCase, reason: str, actor: Actor, now: datetime, city: City) -> None:
    """Give the lead the case once more, its reply no longer counts; after the last round that may be, who is above."""
    row, policies = case.case, city.policies
    row.reworks += 1
    row.problem_ticket = row.problem_ticket or row.reworks >= policies.rework_rounds_max
    is_last_round = row.reworks == policies.rework_rounds_max
    row.handled_at = row.handler = row.answer = None
    part = case.lead_assignment()
    clock = start_clock(case, "handling", row.lead, _limit(case, now, city), now, city)
    part.state, part.due_at = "signed_in", clock.due_at
    case.touch(part)
    case.move_to("rework")
    proposals = propose_interviews(case, [row.lead], REWORKS, now) if is_last_round else ()
    fact = ReworkOrdered(reason=reason, round=row.reworks, problem_ticket=row.problem_ticket, proposals=proposals)
    case.state_fact(fact, actor, now)
    if is_last_round:
        reworked(case, now, city)


def _limit(case: TakenCase, now: datetime, city: City) -> str:
    """Half of the limit, at least the policy's minimum (domain §6.2); the later of the two counts.

    A limit of the law is never cut (domain §3.9): whoever is called earlier than the law says was called falsely.
    """
    policies, limits = city.policies, case.decision.limits
    factor = Decimal(1) if limits.statutory else Decimal(str(policies.rework_factor))
    half, least = limit_of(limits.handling).times(factor), limit_of(policies.rework_min)

    def due(limit: Limit) -> datetime:
        return add(now, limit, city.calendar)

    return str(max(half, least, key=due))
