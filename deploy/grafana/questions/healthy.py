"""Is it healthy? Processes, answers, CPU, memory, pools."""

from typing import Final

from deploy.grafana.panels import RATE, Panel, Row, Series, rate_of

HEALTHY: Final = Row(
    "Is it healthy?",
    (
        Panel(title="Is everything up?", series=(Series("up", "{{job}}"),), runbook="ServiceDown"),
        Panel(
            title="What is being waited for?",
            series=(Series('max by (job, name) ({__name__=~"whistle_[a-z_]+_outage"})', "{{job}}: {{name}}"),),
            red=0.5,
            runbook="WaitingForDependency",
        ),
        Panel(
            title="Does anything restart again and again?",
            series=(Series("changes(process_start_time_seconds[15m])", "{{job}}"),),
            red=3,
            runbook="ServiceRestarts",
        ),
        Panel(
            title="How long do answers take?",
            series=(
                Series(
                    "histogram_quantile(0.99, sum by (le, job) "
                    f'(rate({{__name__=~"whistle_[a-z_]+_http_request_seconds_bucket"}}{RATE})))',
                    "{{job}}, 99 %",
                ),
            ),
            unit="s",
            red=1,
            runbook="AnswersSlow",
        ),
        Panel(
            title="How long does a batch take?",
            series=(
                Series(
                    "histogram_quantile(0.99, sum by (le, job) "
                    f'(rate({{__name__=~"whistle_[a-z]+_batch_seconds_bucket"}}{RATE})))',
                    "{{job}}, 99 %",
                ),
            ),
            unit="s",
        ),
        Panel(
            title="How much of a CPU does each process use?",
            series=(Series(rate_of("process_cpu_seconds_total", "job"), "{{job}}"),),
            unit="percentunit",
            stacked=True,
        ),
        Panel(
            title="How much memory does each process hold?",
            series=(Series("max by (job) (process_resident_memory_bytes)", "{{job}}"),),
            unit="bytes",
            red=400 * 1024 * 1024,
            runbook="MemoryHigh",
        ),
        Panel(
            title="How full are the connection pools?",
            series=(
                Series(
                    'sum by (job) ({__name__=~"whistle_[a-z_]+_pool_connections",state="used"}) '
                    '/ sum by (job) ({__name__=~"whistle_[a-z_]+_pool_connections_limit"})',
                    "{{job}}",
                ),
            ),
            unit="percentunit",
            red=0.9,
            runbook="PoolExhausted",
        ),
    ),
)
