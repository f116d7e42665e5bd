#!/usr/bin/env bash
# A role and a database for each service, on a server that may have them already. A role owns its database and reaches no
# other; it gets the password that its file holds now. Runs in the PostgreSQL image, as the superuser over the network.
set -euo pipefail
export PGHOST=postgres PGUSER=jingqiao PGDATABASE=postgres PGCONNECT_TIMEOUT=5
PGPASSWORD=$(< /run/secrets/postgres_password)
export PGPASSWORD

for service in catalog matcher notify; do
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=name="$service" \
        --set=password="$(< "/run/secrets/${service}_database_password")" > /dev/null << 'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --command='REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'
# A superuser's right: the matcher's own role could not.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=matcher --command='CREATE EXTENSION IF NOT EXISTS vector'
echo "roles and databases are there"
