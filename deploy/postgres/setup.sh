#!/usr/bin/env bash
# Roles and a database for each service, on a server that may have them already; roles get the passwords that the files hold
# now. Runs in the PostgreSQL image, as the superuser over the network.
set -euo pipefail
export PGHOST=postgres PGUSER=jingqiao PGDATABASE=postgres PGCONNECT_TIMEOUT=5
PGPASSWORD=$(< /run/secrets/postgres_password)
export PGPASSWORD

for service in catalog matcher notify; do
    OWNER_PASSWORD=$(< "/run/secrets/${service}_owner_password") \
        SERVICE_PASSWORD=$(< "/run/secrets/${service}_database_password") \
        psql --no-psqlrc --set=service="$service" --file="$(dirname "$0")/roles.sql" > /dev/null
done
echo "roles and databases are there"
