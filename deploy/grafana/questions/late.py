"""Is it late? Open and overdue cases, the ladder, whistles."""

from typing import Final

from deploy.grafana.panels import Panel, Row, Series, quantile_of, rate_of

LATE: Final = Row(
    "Is it late?",
    (
        Panel(
            title="How many cases are open, how many overdue?",
            series=(
                Series("max(whistle_sla_open_cases)", "open"),
                Series("max(whistle_sla_overdue_cases)", "overdue"),
            ),
        ),
        Panel(
            title="How many whistles wait for departments to report in?",
            series=(Series("max(whistle_sla_open_whistles)", "open whistles"),),
        ),
        Panel(
            title="Which steps of the ladder take effect?",
            series=(Series("sum by (step) (increase(whistle_sla_steps_total[5m]))", "{{step}}"),),
            stacked=True,
            means="In five minutes each. The step `limit` blows the street's whistle; `no_show` leads to supervision.",
        ),
        Panel(
            title="How late do owed steps take effect?",
            series=(
                Series(quantile_of(0.5, "whistle_sla_lateness_seconds_bucket"), "half"),
                Series(quantile_of(0.99, "whistle_sla_lateness_seconds_bucket"), "99 %"),
                Series("max(whistle_sla_step_owed_seconds)", "oldest still owed"),
            ),
            unit="s",
            red=60,
            runbook="StepsLate",
        ),
        Panel(
            title="What do departments and streets do?",
            series=(Series(rate_of('whistle_desk_acts_total{outcome="done"}', "kind"), "{{kind}}"),),
            unit="ops",
            stacked=True,
        ),
        Panel(
            title="Does time act?",
            series=(Series("max(whistle_sla_clock_stopped)", "1: stopped"),),
            red=0.5,
            runbook="ClockStopped",
        ),
    ),
)
