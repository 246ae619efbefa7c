"""intake's two processes on real Kafka and PostgreSQL."""
