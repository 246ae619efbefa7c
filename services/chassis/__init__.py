"""What every service is bolted to: settings, logs, health, PostgreSQL, delivery. Knows no case, no deadline."""
