"""Which topic goes to which handler."""

from typing import Any

from services.chassis.delivery.faust_app import raw_topic
from services.chassis.delivery.faust_pump import FaustPump
from services.contracts.events import CaseReturned, ReportReceived
from services.router.handlers import DecideReports, DecideReturns


def register_agents(app: Any, pump: FaustPump, decide_reports: DecideReports, decide_returns: DecideReturns) -> None:
    """Let the pump feed the handlers."""

    @app.agent(raw_topic(app, ReportReceived.TYPE), name="router.decide-reports")  # type: ignore[untyped-decorator]
    async def reports(stream: Any) -> None:
        await pump.run(stream, ReportReceived, decide_reports)

    @app.agent(raw_topic(app, CaseReturned.TYPE), name="router.decide-returns")  # type: ignore[untyped-decorator]
    async def returns(stream: Any) -> None:
        await pump.run(stream, CaseReturned, decide_returns)
