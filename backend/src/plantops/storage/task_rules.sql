-- name: page(plant_id, after_id, most)
-- List rules, the oldest first, after one: of a plant or of all.
SELECT r.*, p.name AS plant_name
FROM task_rule AS r
LEFT JOIN plant AS p ON p.id = r.plant_id
WHERE (:plant_id::uuid IS NULL OR r.plant_id = :plant_id) AND (:after_id::uuid IS NULL OR r.id > :after_id)
ORDER BY r.id
LIMIT :most;

-- name: one(id)^
-- Give a rule.
SELECT r.*, p.name AS plant_name
FROM task_rule AS r
LEFT JOIN plant AS p ON p.id = r.plant_id
WHERE r.id = :id;

-- name: count()$
-- Tell how many rules people made.
SELECT count(*) FROM task_rule WHERE NOT automatic;

-- name: keep(id, plant_id, kind, title, by, every, unit, dates, rest_months, rest_every, due_time, enabled, now)!
-- Keep a rule, or what was changed of it.
INSERT INTO task_rule
    (id, plant_id, kind, title, by, every, unit, dates, rest_months, rest_every, due_time, enabled, automatic,
    created_at, updated_at)
VALUES
    (:id, :plant_id, :kind, :title, :by, :every, :unit, :dates, :rest_months, :rest_every, :due_time, :enabled, false,
    :now, :now)
ON CONFLICT (id) DO UPDATE SET
    title = EXCLUDED.title, by = EXCLUDED.by, every = EXCLUDED.every, unit = EXCLUDED.unit, dates = EXCLUDED.dates,
    rest_months = EXCLUDED.rest_months, rest_every = EXCLUDED.rest_every, due_time = EXCLUDED.due_time,
    enabled = EXCLUDED.enabled, updated_at = EXCLUDED.updated_at;

-- name: remove(id)!
-- Remove a rule; what was done by it stays.
DELETE FROM task_rule WHERE id = :id;

-- name: add_automatic(now)!
-- Give each plant that has none its watering rule.
INSERT INTO task_rule
    (id, plant_id, kind, title, by, every, unit, dates, rest_months, rest_every, due_time, enabled, automatic,
    created_at, updated_at)
SELECT
    gen_random_uuid(), p.id, 'watered', NULL, 'model', 7, 'days', '{}', '{}', NULL, '08:00', true, true, :now, :now
FROM plant AS p
WHERE NOT EXISTS (SELECT FROM task_rule AS r WHERE r.plant_id = p.id AND r.automatic);

-- name: idle(plant_ids, watering)
-- Give rules that hold and have no open task, with what was done by each last; and the newest event that would count.
SELECT
    r.*, last.due_at AS last_due_at, last.completed_at AS last_completed_at, last.skipped_at AS last_skipped_at,
    event.at AS event_at, o.at AS foretold, o.judged_at
FROM task_rule AS r
LEFT JOIN plant_outlook AS o ON o.plant_id = r.plant_id
LEFT JOIN LATERAL (
    SELECT t.due_at, t.completed_at, t.skipped_at FROM care_task AS t
    WHERE t.rule_id = r.id AND (t.completed_at IS NOT NULL OR t.skipped_at IS NOT NULL)
    ORDER BY t.id DESC LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT e.at FROM care_event AS e
    WHERE e.plant_id = r.plant_id AND e.kind = r.kind AND e.dismissed_at IS NULL
    ORDER BY e.at DESC LIMIT 1
) AS event ON true
WHERE r.enabled AND (:watering OR NOT r.automatic) AND (:plant_ids::uuid [] IS NULL OR r.plant_id = ANY(:plant_ids))
    AND NOT EXISTS (
        SELECT FROM care_task AS t WHERE t.rule_id = r.id AND t.completed_at IS NULL AND t.skipped_at IS NULL
    )
ORDER BY r.id;

-- name: remove_unwanted(watering)
-- Take away the open tasks of rules that are switched off.
DELETE FROM care_task AS t USING task_rule AS r
WHERE r.id = t.rule_id AND t.completed_at IS NULL AND t.skipped_at IS NULL
    AND NOT (r.enabled AND (:watering OR NOT r.automatic))
RETURNING t.id;

-- name: fulfilled(plant_ids, early)
-- Find open tasks that were done: their plant's log has it, later than the last time, and no sooner than a while before a date.
SELECT t.id, event.id AS event_id, event.at
FROM care_task AS t
JOIN LATERAL (
    SELECT e.id, e.at FROM care_event AS e
    WHERE e.plant_id = t.plant_id AND e.kind = t.kind AND e.at > t.counted_from AND e.dismissed_at IS NULL
        AND (t.basis <> 'date' OR e.at > t.due_at - :early::interval)
        AND NOT EXISTS (SELECT FROM care_task AS c WHERE c.care_event_id = e.id AND c.rule_id = t.rule_id)
    ORDER BY e.at DESC LIMIT 1
) AS event ON true
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL AND (:plant_ids::uuid [] IS NULL OR t.plant_id = ANY(:plant_ids))
ORDER BY t.id;

-- name: unfounded(plant_ids, tolerance)
-- Find the newest task of each rule that was done by an event of the log which is no more, or was at another time.
SELECT t.id, t.rule_id
FROM care_task AS t
LEFT JOIN care_event AS e ON e.id = t.care_event_id AND e.dismissed_at IS NULL
WHERE t.done_by IN ('task', 'log') AND t.rule_id IS NOT NULL
    AND (:plant_ids::uuid [] IS NULL OR t.plant_id = ANY(:plant_ids))
    AND (e.id IS NULL OR e.at < t.completed_at - :tolerance::interval OR e.at > t.completed_at + :tolerance::interval)
    AND NOT EXISTS (
        SELECT FROM care_task AS later
        WHERE later.rule_id = t.rule_id AND later.id > t.id
            AND (later.completed_at IS NOT NULL OR later.skipped_at IS NOT NULL)
    )
ORDER BY t.id;

-- name: reckoned_otherwise(plant_ids, soaks)
-- Find open tasks that follow the drying model, which says something else now, and knows of what was done last.
SELECT
    t.id, t.due_at, t.basis, t.counted_from, t.snoozed_until, r.by, r.every, r.unit, r.dates, r.rest_months, r.rest_every,
    r.due_time, o.at AS foretold
FROM care_task AS t
JOIN task_rule AS r ON r.id = t.rule_id AND r.by = 'model'
LEFT JOIN plant_outlook AS o
    ON o.plant_id = t.plant_id AND o.judged_at >= t.counted_from
    AND greatest(o.at, o.judged_at) >= t.counted_from + :soaks::interval
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL AND (:plant_ids::uuid [] IS NULL OR t.plant_id = ANY(:plant_ids))
    AND t.foretold_at IS DISTINCT FROM o.at
ORDER BY t.id;

-- name: to_tell(now)
-- Give open tasks that people are to hear of.
SELECT t.id, t.kind, t.title, t.plant_id, t.due_at, t.basis, p.name AS plant_name, p.area, o.reason
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
LEFT JOIN plant_outlook AS o ON o.plant_id = t.plant_id AND t.basis = 'model'
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL AND t.told_at IS NULL AND t.tell_at <= :now
ORDER BY t.due_at, t.id
LIMIT 500;
