-- name: route_alone(lock_class, lock)$
-- Let nobody else give out news until the transaction ends: the end of something must not overtake its beginning.
SELECT pg_try_advisory_xact_lock(:lock_class::integer, :lock::integer);

-- name: to_route(most)
-- Give the oldest news that no channel was given yet, with the areas of its plant and device.
SELECT n.*, array_remove(ARRAY[p.area, d.area], NULL) AS areas
FROM notice AS n
LEFT JOIN plant AS p ON p.id = n.plant_id
LEFT JOIN device AS d ON d.id = n.device_id
WHERE n.routed_at IS NULL
ORDER BY n.id
LIMIT :most
FOR UPDATE OF n;

-- name: routed(ids, now)!
-- Note that news was given out.
UPDATE notice SET routed_at = :now WHERE id = ANY(:ids);

-- name: drop_subject(subject)!
-- Forget what was not told yet of something that is over.
UPDATE notification_item SET state = 'dropped' WHERE subject = :subject AND state = 'waiting';

-- name: told_channels(subject)
-- Give the channels that were told of something and not yet that it is over.
SELECT channel_id
FROM (
    SELECT DISTINCT ON (i.channel_id) i.channel_id, n.kind
    FROM notification_item AS i
    JOIN notice AS n ON n.id = i.notice_id
    WHERE i.subject = :subject AND i.state = 'told'
    ORDER BY i.channel_id, n.id DESC
) AS newest
WHERE kind <> 'alert_resolved';

-- name: add_item(channel_id, notice_id, subject, due_at)!
-- Give a piece of news to a channel.
INSERT INTO notification_item (channel_id, notice_id, subject, state, due_at)
VALUES (:channel_id, :notice_id, :subject, 'waiting', :due_at)
ON CONFLICT DO NOTHING;

-- name: channel_to_tell(now)^
-- Give a channel that news is due for, and no message waits for; nobody else writes one meanwhile.
SELECT *
FROM notification_channel AS c
WHERE c.enabled AND c.refused_at IS NULL AND (c.paused_until IS NULL OR c.paused_until <= :now)
    AND EXISTS (
        SELECT FROM notification_item AS i WHERE i.channel_id = c.id AND i.state = 'waiting' AND i.due_at <= :now
    )
    AND NOT EXISTS (SELECT FROM notification AS m WHERE m.channel_id = c.id AND m.state = 'waiting')
ORDER BY c.id
LIMIT 1
FOR UPDATE OF c SKIP LOCKED;

-- name: items(channel_id, due_before, most)
-- Give the news that is due for a channel, the oldest first, and whether its plant is gone.
SELECT n.*, n.plant_id IS NOT NULL AND NOT EXISTS (SELECT FROM plant AS p WHERE p.id = n.plant_id) AS gone
FROM notification_item AS i
JOIN notice AS n ON n.id = i.notice_id
WHERE i.channel_id = :channel_id AND i.state = 'waiting' AND i.due_at <= :due_before
ORDER BY n.id
LIMIT :most
FOR UPDATE OF i;

-- name: put_off(channel_id, notice_ids, due_at)!
-- Let news wait longer.
UPDATE notification_item SET due_at = :due_at WHERE channel_id = :channel_id AND notice_id = ANY(:notice_ids);

-- name: drop_items(channel_id, notice_ids)!
-- Forget news that newer news replaces, or whose plant is gone.
UPDATE notification_item SET state = 'dropped' WHERE channel_id = :channel_id AND notice_id = ANY(:notice_ids);

-- name: add_message(id, channel_id, severity, title, body, notice_ids, now)!
-- Keep a message that is to be sent, made of news that is told by it.
WITH message AS (
    INSERT INTO notification (id, channel_id, state, severity, title, body, items, created_at, next_at)
    VALUES (:id, :channel_id, 'waiting', :severity, :title, :body, cardinality(:notice_ids::bigint []), :now, :now)
    RETURNING id
), told AS (
    UPDATE notification_channel SET untold = 0 WHERE id = :channel_id AND untold > 0
)
UPDATE notification_item SET state = 'told', notification_id = message.id
FROM message
WHERE channel_id = :channel_id AND notice_id = ANY(:notice_ids::bigint []);

-- name: claim(now, until)^
-- Take a message to send; if whoever took it dies, others take it from `until` on.
UPDATE notification SET attempts = attempts + 1, next_at = :until
WHERE id = (
    SELECT m.id
    FROM notification AS m
    JOIN notification_channel AS c ON c.id = m.channel_id
    WHERE m.state = 'waiting' AND m.next_at <= :now
        AND c.enabled AND c.refused_at IS NULL AND (c.paused_until IS NULL OR c.paused_until <= :now)
    ORDER BY m.next_at
    LIMIT 1
    FOR UPDATE OF m SKIP LOCKED
)
RETURNING *;

-- name: news_of(id)
-- Give the news that a message is made of.
SELECT n.* FROM notification_item AS i JOIN notice AS n ON n.id = i.notice_id WHERE i.notification_id = :id ORDER BY n.id;

-- name: finish(id, attempts, state, now, error)$
-- Note what became of a message, unless somebody else took it meanwhile.
UPDATE notification SET state = :state, finished_at = :now, error = :error
WHERE id = :id AND attempts = :attempts AND state = 'waiting'
RETURNING true;

-- name: lose(id)!
-- Count the news of a message that the other side will never take as untold.
WITH lost AS (
    UPDATE notification_item SET state = 'expired' WHERE notification_id = :id RETURNING channel_id
)
UPDATE notification_channel SET untold = untold + (SELECT count(*) FROM lost)
WHERE id IN (SELECT channel_id FROM lost);

-- name: retry(id, attempts, next_at, error)!
-- Let a message wait for another attempt, unless somebody else took it meanwhile.
UPDATE notification SET next_at = :next_at, error = :error
WHERE id = :id AND attempts = :attempts AND state = 'waiting';

-- name: expire(now, before)
-- Give up what has waited too long, and count it at its channel.
WITH messages AS (
    UPDATE notification SET state = 'expired', finished_at = :now
    WHERE state = 'waiting' AND created_at < :before AND next_at <= :now
    RETURNING id, channel_id, items
), inside AS (
    UPDATE notification_item SET state = 'expired' FROM messages WHERE notification_id = messages.id
), items AS (
    UPDATE notification_item SET state = 'expired' WHERE state = 'waiting' AND due_at < :before RETURNING channel_id
), lost AS (
    SELECT channel_id, sum(count)::integer AS count
    FROM (SELECT channel_id, items AS count FROM messages UNION ALL SELECT channel_id, 1 FROM items) AS each_one
    GROUP BY channel_id
)
UPDATE notification_channel SET untold = untold + lost.count FROM lost WHERE id = lost.channel_id
RETURNING id, name, lost.count;

-- name: waiting()$
-- Count the news that waits, for a message or in one.
SELECT (SELECT count(*) FROM notification_item WHERE state = 'waiting')
    + (SELECT COALESCE(sum(items), 0) FROM notification WHERE state = 'waiting');

-- name: page(created_at, id, most)
-- Give messages, the newest first, from one on.
SELECT m.*, c.name AS channel, m.state = 'waiting' AND c.refused_at IS NULL AS will_be_tried
FROM notification AS m
JOIN notification_channel AS c ON c.id = m.channel_id
WHERE :created_at::timestamptz IS NULL OR (m.created_at, m.id) < (:created_at, :id::uuid)
ORDER BY m.created_at DESC, m.id DESC
LIMIT :most;

-- name: sweep(before)!
-- Forget old news and old messages.
WITH messages AS (
    DELETE FROM notification WHERE state <> 'waiting' AND created_at < :before
)
DELETE FROM notice WHERE routed_at < :before;
