-- What a backup holds, and the dump, both of one and the same moment. Run by backup.sh; psql's own words are used.
\set ON_ERROR_STOP on
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv BACKUP_SNAPSHOT :snapshot

SELECT to_regclass('public.schema_migration') IS NOT NULL AS begun \gset
\if :begun
\else
    \warn 'plantops: PlantOps has not made its tables in this database yet: there is nothing to back up.'
    \q
\endif

\o :manifest
SELECT 'format=1';
SELECT 'made_at=' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
SELECT 'made_unix=' || extract(epoch FROM now())::bigint;
SELECT 'database=' || current_database();
SELECT 'postgresql=' || split_part(current_setting('server_version'), ' ', 1);
SELECT 'timescaledb=' || coalesce((SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'), 'none');
SELECT 'migration=' || max(version) FROM schema_migration;
SELECT 'installation=' || id FROM installation;
SELECT format('SELECT %L || count(*) FROM %I.%I', 'rows.' || tablename || '=', schemaname, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename \gexec
\o

\! pg_dump --format=custom --snapshot="$BACKUP_SNAPSHOT" --file="$BACKUP_DUMP" 2>"$BACKUP_DUMP.words" && : >"$BACKUP_DUMP.whole"
COMMIT;
