-- What the application's role may do: everything an act needs, and nothing to the tables that are never changed.
-- As the owner of the tables, after each migrate:  psql "$OWNER_URL" -v app=lianping -f docs/operations/grants.sql
\set ON_ERROR_STOP on
BEGIN;
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
-- Tables of the next version work for the version before as soon as they are there.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"app";
-- Append-only (governance/guards.py): the triggers refuse already; without the right nobody gets as far as a trigger.
REVOKE UPDATE, DELETE, TRUNCATE ON
    transparency_leaf, transparency_epoch, transparency_checkpoint, transparency_cosignature,
    governance_entry, governance_event
FROM :"app";
-- Deleted by an erasure, never changed.
REVOKE UPDATE, TRUNCATE ON governance_eventbody FROM :"app";
-- Only migrate writes here.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM :"app";
COMMIT;
