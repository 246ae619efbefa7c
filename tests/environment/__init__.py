"""What tests run against: one PostgreSQL and one Kafka per session, on free ports."""
