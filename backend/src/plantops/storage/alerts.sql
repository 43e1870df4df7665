-- name: open_alerts()
-- Give all open alerts, the oldest first.
SELECT
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held
FROM alert
WHERE resolved_at IS NULL
ORDER BY opened_at, id;

-- name: some(ids)
-- Give some alerts.
SELECT
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held
FROM alert
WHERE id = ANY(:ids::uuid []);

-- name: page(is_open, plant_id, device_id, kind, after_time, after_id, most)
-- List alerts, the newest first, after one; of one plant, device and kind where they are named.
SELECT
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held
FROM alert
WHERE (:is_open::boolean IS NULL OR (resolved_at IS NULL) = :is_open)
    AND (:plant_id::uuid IS NULL OR plant_id = :plant_id)
    AND (:device_id::text IS NULL OR device_id = :device_id)
    AND (:kind::text IS NULL OR kind = :kind)
    AND (:after_time::timestamptz IS NULL OR (opened_at, id) < (:after_time, :after_id::uuid))
ORDER BY opened_at DESC, id DESC
LIMIT :most;

-- name: hold(id)^
-- Give an alert, and let nobody else change it until this transaction ends.
SELECT
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held
FROM alert
WHERE id = :id
FOR NO KEY UPDATE;

-- name: latest_of(plant_ids, device_ids, kinds, since)
-- Give the newest alert of each plant or device and kind that is open, or over since a time, and keep it for oneself.
SELECT
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held
FROM alert
WHERE (plant_id = ANY(:plant_ids::uuid []) OR (plant_id IS NULL AND device_id = ANY(:device_ids::text [])))
    AND kind = ANY(:kinds::text [])
    AND (resolved_at IS NULL OR resolved_at > :since)
ORDER BY opened_at, id
FOR NO KEY UPDATE;

-- name: add(ids, kinds, severities, plant_ids, device_ids, channel_ids, now, readings, units, bounds, texts)
-- Open alerts; one that is open already stays as it is. Answers the ids of those that were opened.
INSERT INTO alert
    (id, kind, severity, plant_id, device_id, channel_id, opened_at, value, unit, bound, words)
SELECT new.id, new.kind, new.severity, new.plant_id, new.device_id, new.channel_id, :now::timestamptz, new.value,
    new.unit, new.bound, new.words
FROM unnest(
    :ids::uuid [], :kinds::text [], :severities::text [], :plant_ids::uuid [], :device_ids::text [],
    :channel_ids::integer [], :readings::double precision [], :units::text [], :bounds::double precision [],
    :texts::text []
) AS new (id, kind, severity, plant_id, device_id, channel_id, value, unit, bound, words)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: reopen(ids, severities, channel_ids, readings, units, bounds, texts)!
-- Go on with alerts that were over only for a short while.
UPDATE alert SET
    resolved_at = NULL, ending = NULL, held = NULL, times = alert.times + 1, severity = new.severity,
    channel_id = new.channel_id, value = new.value, unit = new.unit, bound = new.bound, words = new.words
FROM unnest(
    :ids::uuid [], :severities::text [], :channel_ids::integer [], :readings::double precision [], :units::text [],
    :bounds::double precision [], :texts::text []
) AS new (id, severity, channel_id, value, unit, bound, words)
WHERE alert.id = new.id;

-- name: reword(ids, severities, channel_ids, readings, units, bounds, texts, holds)!
-- Say anew what open alerts are about.
UPDATE alert SET
    severity = new.severity, channel_id = new.channel_id, value = new.value, unit = new.unit, bound = new.bound,
    words = new.words, held = new.held
FROM unnest(
    :ids::uuid [], :severities::text [], :channel_ids::integer [], :readings::double precision [], :units::text [],
    :bounds::double precision [], :texts::text [], :holds::text []
) AS new (id, severity, channel_id, value, unit, bound, words, held)
WHERE alert.id = new.id AND alert.resolved_at IS NULL;

-- name: resolve(ids, endings, now)!
-- Say that alerts are over, and why.
UPDATE alert SET resolved_at = :now, ending = past.ending, held = NULL, snoozed_until = NULL
FROM unnest(:ids::uuid [], :endings::text []) AS past (id, ending)
WHERE alert.id = past.id AND alert.resolved_at IS NULL;

-- name: acknowledge(id, now)!
-- Say that a person knows of an alert; who knew first, counts.
UPDATE alert SET acknowledged_at = coalesce(acknowledged_at, :now::timestamptz) WHERE id = :id;

-- name: snooze(id, until)!
-- Say until when nobody wants to hear of an alert; null: from now on again.
UPDATE alert SET snoozed_until = :until WHERE id = :id;

-- name: escalate(since, now)
-- Say that open alerts are told again that nobody has acknowledged since a time: each once. A snooze begins it anew.
UPDATE alert SET escalated_at = :now
WHERE resolved_at IS NULL AND acknowledged_at IS NULL AND escalated_at IS NULL AND severity <> 'info'
    AND greatest(opened_at, snoozed_until) <= :since
RETURNING
    id, kind, severity, plant_id, device_id, channel_id, opened_at, acknowledged_at, snoozed_until, escalated_at,
    resolved_at, value, unit, bound, words, ending, held;

-- name: trim(before)!
-- Forget alerts that were over before a time.
DELETE FROM alert WHERE resolved_at < :before;

-- name: counts()
-- Count the open alerts by kind.
SELECT kind, count(*) AS alerts FROM alert WHERE resolved_at IS NULL GROUP BY kind;

-- name: stories(ids)
-- Name the plants or devices that some alerts are about, and tell how often these came.
SELECT a.id, coalesce(p.name, d.name) AS name, a.times
FROM alert AS a
LEFT JOIN plant AS p ON p.id = a.plant_id
LEFT JOIN device AS d ON d.id = a.device_id
WHERE a.id = ANY(:ids::uuid []);
