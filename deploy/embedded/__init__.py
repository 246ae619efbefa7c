"""Real Kafka, real PostgreSQL and every service on one machine, without a container engine."""
