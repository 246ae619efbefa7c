"""`whistle rules replay` of a million past reports, by the wall's clock: from a file, and from the ledger."""

from typing import Final

from services.reference.deciding.compile import compile_version
from services.reference.versions.content import version_of
from tests.benchmarks.load.past import Replayed, replayed, write_past_reports
from tests.benchmarks.product import Bench

REPORTS: Final = 1_000_000
REPORTS_QUICK: Final = 100_000
CONTENT: Final = "select version, content, active_from from reference.versions order by version desc limit 1"


async def measure_replay_of_file(bench: Bench) -> None:
    """Write a file of past reports, and note how long their replay takes."""
    row = await bench.connection.fetchrow(CONTENT)
    organisation = compile_version(version_of(row["content"], row["version"], row["active_from"])).organisation
    count = REPORTS_QUICK if bench.quick else REPORTS
    path = bench.system.state.folder / "past-reports.ndjson"
    write_past_reports(path, count, organisation)
    done = await replayed(_environment(bench), "--reports", str(path))
    path.unlink()
    if bench.quick:
        bench.report.missing("replay_s", _told(done))
    else:
        bench.report.found(f"from a file; {_told(done)}", replay_s=done.wall_seconds)


async def measure_replay_of_ledger(bench: Bench) -> None:
    """Note how long the replay of the ledger's latest million takes; after `million`, which fills it."""
    done = await replayed(_environment(bench), "--last", str(REPORTS))
    bench.report.detail(replay_of_ledger_s=done.wall_seconds, replay_of_ledger=_told(done))


def _environment(bench: Bench) -> dict[str, str]:
    return {"WHISTLE_CLI_POSTGRES_DSN": bench.system.postgres.dsn("operator")}


def _told(done: Replayed) -> str:
    return f"{done.told['reports']:,} in {done.wall_seconds:.1f} s, {done.cpu_seconds:.1f} s of CPU"
