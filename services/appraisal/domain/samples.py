"""Samples for inspections: drawn by a seed, so that whoever draws again draws the same cases (S4-11)."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from services.appraisal.domain.periods import Period
from services.appraisal.domain.record import Record


def sample_of(records: Iterable[Record], period: Period, seed: int, size: int) -> Sequence[tuple[str, UUID]]:
    """Return number and id of `size` ordinary cases closed in the period, or all where there are fewer.

    Each case's place is the digest of seed and id: no case is likelier than another, and which are drawn depends on
    nothing but the seed and the cases.
    """
    closed = [
        record
        for record in records
        if record.snapshot.lane == "ordinary" and record.ending == "closed" and period.holds(record.ended_at)
    ]
    drawn = sorted(closed, key=lambda record: _place(seed, record.case_id))[:size]
    return sorted((record.snapshot.number, record.case_id) for record in drawn)


def _place(seed: int, case_id: UUID) -> bytes:
    return sha256(f"{seed}/{case_id}".encode()).digest()
