-- The restored database takes the place of the present one: in one transaction, so that there is always one.
-- Run by restore-database.sh again and again while somebody is still connected.
SELECT :'before' = 'yes' AS keep, :'before' <> 'none' AS present \gset
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname IN (:'old', :'new') AND pid <> pg_backend_pid() \g /dev/null
BEGIN;
\if :present
    ALTER DATABASE :"old" RENAME TO :"kept";
\endif
ALTER DATABASE :"new" RENAME TO :"old";
COMMIT;
\if :keep
\elif :present
    DROP DATABASE :"kept" WITH (FORCE);
\endif
