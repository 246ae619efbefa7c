"""docs/flow.md: every topic, its writer and readers, as a table and a diagram."""

from typing import Final

from services.contracts.flow import FLOW, Hop

HEAD: Final = """# The flow

Generated from [services/contracts/flow.py](../services/contracts/flow.py) by `make docs`. JSON over the CloudEvents 1.0
binary binding: `ce_*` headers, `content-type: application/json`. Schemas: [schemas](../schemas).

"""


def flow_page() -> str:
    """Return the page's text."""
    return HEAD + _table() + "\n" + _diagram()


def _table() -> str:
    rows = ["| topic | states | written by | read by | key | partitions | kept |", "|---|---|---|---|---|---|---|"]
    rows += [_row(hop) for hop in FLOW]
    return "\n".join(rows) + "\n"


def _row(hop: Hop) -> str:
    states = (hop.carries.__doc__ or "").strip().splitlines()[0]
    readers = ", ".join(hop.read_by)
    kept = f"{hop.retention_days} days"
    return f"| `{hop.topic}` | {states} | {hop.written_by} | {readers} | {hop.key} | {hop.partitions} | {kept} |"


def _diagram() -> str:
    arrows = [f"  {hop.written_by} -->|{hop.topic}| {reader}" for hop in FLOW for reader in hop.read_by]
    return "\n".join(["```mermaid", "flowchart LR", *arrows, "```", ""])
