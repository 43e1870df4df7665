-- name: channels()
-- Give all channels by name.
SELECT * FROM notification_channel ORDER BY lower(name), id;

-- name: channel(id)^
-- Give a channel.
SELECT * FROM notification_channel WHERE id = :id;

-- name: channel_to_change(id)^
-- Give a channel that this transaction will change.
SELECT * FROM notification_channel WHERE id = :id FOR UPDATE;

-- name: lock_channels()!
-- Let nobody add channels until the transaction ends, so that they can be counted.
LOCK TABLE notification_channel IN SHARE ROW EXCLUSIVE MODE;

-- name: count()$
-- Count the channels that people made.
SELECT count(*) FROM notification_channel WHERE source = 'user';

-- name: add(id, kind, source, name, service, host, secret, enabled, min_severity, kinds, plant_ids, areas, digest, now)!
-- Keep a channel.
INSERT INTO notification_channel (
    id, kind, source, name, service, host, secret, enabled, min_severity, kinds, plant_ids, areas, digest, created_at
)
VALUES (
    :id, :kind, :source, :name, :service, :host, :secret, :enabled, :min_severity, :kinds, :plant_ids, :areas, :digest,
    :now
)
ON CONFLICT (id) DO NOTHING;

-- name: change(id, name, service, host, secret, enabled, min_severity, kinds, plant_ids, areas, digest)!
-- Write what people set of a channel anew, and take it for mended.
UPDATE notification_channel SET
    name = :name, service = :service, host = :host, secret = :secret, enabled = :enabled,
    min_severity = :min_severity, kinds = :kinds, plant_ids = :plant_ids, areas = :areas, digest = :digest,
    refused_at = NULL, paused_until = NULL, failures = 0
WHERE id = :id;

-- name: drop_waiting(id, now)!
-- Forget what a channel was to tell.
WITH messages AS (
    UPDATE notification SET state = 'failed', finished_at = :now, error = 'The channel was switched off.'
    WHERE channel_id = :id AND state = 'waiting'
)
UPDATE notification_item SET state = 'dropped' WHERE channel_id = :id AND state = 'waiting';

-- name: rehost(id, host)!
-- Say where a channel of the settings leads now.
UPDATE notification_channel SET host = :host WHERE id = :id;

-- name: remove(id)$
-- Remove a channel with all that it told.
DELETE FROM notification_channel WHERE id = :id RETURNING true;

-- name: succeeded(id, now)!
-- Note that a channel took something.
UPDATE notification_channel SET
    last_success_at = :now, refused_at = NULL, paused_until = NULL, failures = 0
WHERE id = :id;

-- name: failed(id, now, words, paused_until, refused)$
-- Note that a channel did not take something; gives the failures since its last success.
UPDATE notification_channel SET
    last_failure_at = :now,
    last_failure = :words,
    failures = failures + 1,
    paused_until = :paused_until,
    refused_at = CASE WHEN :refused::boolean THEN COALESCE(refused_at, :now) ELSE refused_at END
WHERE id = :id
RETURNING failures;

-- name: test_failed(id, now, words)!
-- Note that a channel did not take a test.
UPDATE notification_channel SET last_failure_at = :now, last_failure = :words WHERE id = :id;
