#!/bin/sh
# Runs once in the container, after roles.sql: gives each role the password of its secret file.
set -eu
for file in /run/secrets/*_password; do
    role=$(basename "$file" _password)
    [ "$role" = postgres ] && continue
    # psql quotes the value itself; it never stands on a command line.
    PASSWORD=$(cat "$file") psql -v ON_ERROR_STOP=1 -v role="$role" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password PASSWORD
alter role :"role" password :'password';
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -c "alter database \"$POSTGRES_DB\" owner to migrator"
