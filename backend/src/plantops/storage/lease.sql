-- name: try_lock(lock_class, lock)$
-- Take the lock if nobody has it.
SELECT pg_try_advisory_lock(:lock_class, :lock);

-- name: evict(lock_class, lock)
-- End the session of a lock's holder that has said nothing for 8 seconds: it is frozen (works among sessions of one role).
SELECT pid FROM (
    SELECT activity.pid, pg_terminate_backend(activity.pid) AS ended
    FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted
        AND held.classid = :lock_class::bigint::oid AND held.objid = :lock::bigint::oid AND held.objsubid = 2
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND activity.usename = current_user
        AND GREATEST(activity.state_change, activity.query_start) < now() - INTERVAL '8 s'
) AS silent WHERE ended;
