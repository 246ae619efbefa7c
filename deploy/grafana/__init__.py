"""The Grafana dashboard: questions, and the builder that lays them out."""
