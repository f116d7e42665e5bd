-- Roles and database of one service. Run as a superuser, as often as you like, before its migrations:
--
--   OWNER_PASSWORD=… SERVICE_PASSWORD=… psql -v service=matcher -f roles.sql postgres
--
-- <service>_owner owns the database and all in it; migrations run as this role.
-- <service>       is what `serve` and `work` connect as: it reads and writes the rows of this database, and can do nothing in
--                 any other.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD
SELECT :'service' || '_owner' AS owner \gset

SELECT format('CREATE ROLE %I', name) FROM (VALUES (:'owner'), (:'service')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'service_password';

SELECT format('CREATE DATABASE %I', :'service') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
ALTER DATABASE :"service" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";
-- Nobody but superusers has business in the databases that every cluster has.
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

\connect :"service"
SET client_min_messages = warning;
-- The extension is not a trusted one: only a superuser may add it.
SELECT 'CREATE EXTENSION IF NOT EXISTS vector' WHERE :'service' = 'matcher' \gexec
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";

-- What a release made that knew one role only.
SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, :'owner') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND relowner <> :'owner'::regrole
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') \gexec
SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, :'owner') FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proowner <> :'owner'::regrole
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') \gexec
-- Large objects belong to whom reads and replaces them; in a database restored by another they do not.
SELECT format('ALTER LARGE OBJECT %s OWNER TO %I', oid, :'service') FROM pg_largeobject_metadata
WHERE lomowner <> :'service'::regrole \gexec

ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"service";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"service";
-- What is on record is added to and never changed.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', oid::regclass, :'service') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname IN ('audit', 'acts', 'audit_chain') \gexec
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"service";
-- The matcher builds and drops indexes as its vectors grow, which only an owner may: it becomes one for that alone.
SELECT format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', :'owner', :'service') WHERE :'service' = 'matcher' \gexec
