-- name: try_lock(lock_class, lock)$
-- Take a lock that ends with the session, if nobody has it.
SELECT pg_try_advisory_lock(:lock_class, :lock);

-- name: unlock(lock_class, lock)$
-- Give the lock back.
SELECT pg_advisory_unlock(:lock_class, :lock);

-- name: channel_ids()
-- List all channels.
SELECT id FROM channel ORDER BY id;

-- name: sweep_telemetry(channels, before, most)!
-- Delete some readings of some channels that are older than a time.
DELETE FROM telemetry WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM telemetry WHERE channel_id = ANY(:channels::integer[]) AND time < :before LIMIT :most
));

-- name: sweep_hourly(channels, before, most)!
-- Delete some hourly roll-ups of some channels that are older than a time.
DELETE FROM telemetry_hourly WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM telemetry_hourly WHERE channel_id = ANY(:channels::integer[]) AND bucket < :before LIMIT :most
));

-- name: sweep_daily(channels, before, most)!
-- Delete some daily roll-ups of some channels that are older than a time.
DELETE FROM telemetry_daily WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM telemetry_daily WHERE channel_id = ANY(:channels::integer[]) AND bucket < :before LIMIT :most
));

-- name: sweep_undated(before, most)!
-- Forget some batches without times that no device will send again.
DELETE FROM undated_batch WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM undated_batch WHERE received_at < :before LIMIT :most
));

-- name: sweep_letters(before)!
-- Throw old dead letters away.
DELETE FROM dead_letter WHERE received_at < :before;

-- name: sweep_logins(before)!
-- Forget failed logins of long ago.
DELETE FROM login_failure WHERE last_at < :before AND blocked_until < :before;

-- name: sweep_sessions(now)!
-- Forget browser sessions that are over.
DELETE FROM browser_session WHERE expires_at < :now;

-- name: sweep_outbox(now)!
-- Forget messages to the broker that came too late.
DELETE FROM broker_outbox WHERE expires_at <= :now;
