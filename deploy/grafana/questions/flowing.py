"""Is it flowing? Rates per hop, and what waits."""

from typing import Final

from deploy.grafana.panels import Panel, Row, Series, rate_of

FLOWING: Final = Row(
    "Is it flowing?",
    (
        Panel(
            title="How many reports come in?",
            series=(Series(rate_of("whistle_intake_reports_accepted_total", "channel"), "{{channel}}"),),
            unit="reqps",
            stacked=True,
        ),
        Panel(
            title="How many cases pass each hop?",
            series=(
                Series(rate_of("whistle_intake_reports_accepted_total"), "1 accepted"),
                Series(rate_of("whistle_intake_relay_sent_total"), "2 published by intake"),
                Series(rate_of("whistle_router_cases_routed_total"), "3 dispatched"),
                Series(rate_of("whistle_ledger_cases_opened_total"), "4 opened in queues"),
                Series(rate_of("whistle_ledger_relay_sent_total"), "5 facts published by the ledger"),
                Series(rate_of("whistle_notify_facts_total"), "6 facts taken by notify"),
                Series(rate_of("whistle_appraisal_facts_total"), "6 facts taken by the appraisal"),
            ),
            unit="cps",
            means="Lines 1 to 4 lie upon each other when nothing waits.",
        ),
        Panel(
            title="Which departments get the cases?",
            series=(
                Series(f"topk(10, {rate_of('whistle_router_cases_routed_total', 'department')})", "{{department}}"),
            ),
            unit="cps",
            stacked=True,
        ),
        Panel(
            title="Does anything wait to be sent?",
            series=(
                Series("max(whistle_intake_pending_rows)", "intake"),
                Series("sum(whistle_ledger_pending_rows)", "ledger"),
            ),
            red=20_000,
            runbook="FactsNotSent",
        ),
        Panel(
            title="How far behind are the consumers, in records?",
            series=(Series('sum by (job) ({__name__=~"whistle_[a-z_]+_lag_records"})', "{{job}}"),),
        ),
        Panel(
            title="How far behind are the consumers, in seconds?",
            series=(Series('max by (job) ({__name__=~"whistle_[a-z_]+_lag_seconds"})', "{{job}}"),),
            unit="s",
            red=30,
            runbook="ConsumerLags",
        ),
        Panel(
            title="Are people and systems told?",
            series=(
                Series(rate_of("whistle_notify_deliveries_total", "outcome"), "{{outcome}}"),
                Series("max(whistle_notify_waiting_messages)", "waiting"),
            ),
        ),
        Panel(title="Who watches the board?", series=(Series("sum(whistle_board_viewers)", "open streams"),)),
    ),
)
