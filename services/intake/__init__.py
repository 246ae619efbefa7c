"""The single window (一口受理): reports in over HTTP, once each; `report.received.v1`, `report.followed_up.v1` out."""
