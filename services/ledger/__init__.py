"""The ledger: the one room that changes a case.

Reads `case.dispatched.v1` and `report.followed_up.v1`; writes `case.progressed.v1`, `case.returned.v1` and
`notice.issued.v1`. People act through desk, time through sla; both use this room's domain and store.
"""
