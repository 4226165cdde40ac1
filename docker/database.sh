#!/bin/sh
# Runs once, by the image of PostgreSQL, when its volume is empty: a role that owns
# Odoo's database and nothing else. The server's superuser keeps no password, so it
# cannot log in over the network: docker compose exec db psql --username postgres
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password POSTGRES_PASSWORD
\getenv superuser POSTGRES_USER
CREATE ROLE odoo LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION
       PASSWORD :'password';
-- As Odoo would make it: 'C' sorts by bytes, so that indexes serve prefixes as well
CREATE DATABASE odoo OWNER odoo TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';
REVOKE CONNECT, TEMPORARY ON DATABASE odoo FROM PUBLIC;
ALTER ROLE :"superuser" PASSWORD NULL;
\connect odoo
CREATE EXTENSION pg_trgm;
SQL
