"""The subdistrict desk: blow a whistle, watch who reports in, log, appraise; the area's own cases."""
