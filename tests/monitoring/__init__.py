"""Alerts, dashboard and runbook: well formed, in step with each other, and asking only for what is there."""
