"""Calls that reached a department by its office in the subdistrict: they stand in the office's queue too (S1-06)."""

from typing import Final

OFFICE_CALLS: Final = """
    select p.* from unnest({units}) as mine (unit) cross join lateral (
        select {case}, l.due_at, l.unit, l.branch as handling_unit, 'called' as role, 'report_in' as expected,
            'called:' || l.unit as part
        from ledger.whistle_calls l join ledger.cases c using (case_id)
        where l.branch = mine.unit and l.reported_in_at is null and l.state <> 'refused' and l.state <> 'handed_on'
            and c.whistle_open = l.number and {where}
    ) p
"""
OFFICE_CALL: Final = ("l", "'called:' || l.unit")
"""The row that carries the due date, and the part that orders equals."""
