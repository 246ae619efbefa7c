"""The spreadsheets civil servants edit, one file per sheet: `COLUMNS` says what each cell holds.

Every sheet is CSV (UTF-8 with or without BOM, or GB18030) or the first worksheet of an xlsx file, with a header row
of exactly the column names. Cells with several values separate them by `;`. Days are `2026-01-31`. Whatever cannot be
read is refused with sheet, row, column and reason, all refusals of a sheet together, and nothing of it is used.
A district's folder holds `units.csv`, `grids.geojson`, `duty_lists.csv`, `asset_owners.csv` and, for identity,
`persons.csv`; catalogue, rules, policies and calendars come from `deploy/reference`.
"""
