"""Is it correct? Dead letters, repairs, refusals."""

from typing import Final

from deploy.grafana.panels import Panel, Row, Series, rate_of

CORRECT: Final = Row(
    "Is it correct?",
    (
        Panel(
            title="Are there messages that nobody could handle?",
            series=(
                Series("max(whistle_sla_open_dead_letters)", "open"),
                Series(
                    'sum by (job) (increase({__name__=~"whistle_[a-z_]+_dead_letters_total"}[1h]))',
                    "{{job}}, last hour",
                ),
            ),
            red=0.5,
            runbook="DeadLetters",
        ),
        Panel(
            title="Did the reconciler have to repair anything?",
            series=(Series("sum by (hop) (increase(whistle_reconciler_repairs_total[1h]))", "{{hop}}, last hour"),),
            red=0.5,
            runbook="ReconcilerRepairs",
        ),
        Panel(
            title="Is an effect still missing after a repair?",
            series=(Series("max by (hop) (whistle_reconciler_missing)", "{{hop}}"),),
            red=0.5,
            runbook="EffectMissing",
        ),
        Panel(
            title="What do the rules not decide?",
            series=(
                Series(rate_of("whistle_router_consulting_total"), "no rule: to the command center"),
                Series(rate_of("whistle_router_undecidable_total"), "rules broke"),
            ),
            unit="cps",
            runbook="RulesCoverTooLittle",
        ),
        Panel(
            title="Which reference version decides?",
            series=(Series("whistle_router_reference_version", "{{instance}}"),),
        ),
        Panel(
            title="What is refused at the window?",
            series=(Series(rate_of("whistle_intake_requests_refused_total", "reason"), "{{reason}}"),),
            unit="reqps",
            stacked=True,
            runbook="ReportsRefused",
        ),
        Panel(
            title="Which acts are refused?",
            series=(Series(rate_of('whistle_desk_acts_total{outcome!~"done|replayed"}', "outcome"), "{{outcome}}"),),
            unit="ops",
            stacked=True,
        ),
        Panel(
            title="Is a row held back, a message suspected or given up?",
            series=(
                Series('max by (job) ({__name__=~"whistle_[a-z_]+_relay_held_rows"})', "{{job}}: held"),
                Series('max by (job) ({__name__=~"whistle_[a-z_]+_suspect_messages"})', "{{job}}: suspected"),
                Series("max(whistle_notify_dead_messages)", "given up"),
            ),
            red=0.5,
            runbook="FactHeldBack",
        ),
        Panel(
            title="Is a month too large for one bulletin?",
            series=(Series("sum(increase(whistle_appraisal_drafts_refused_total[1d]))", "refused, last day"),),
            red=0.5,
            runbook="DraftRefused",
        ),
    ),
)
