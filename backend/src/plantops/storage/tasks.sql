-- name: alone(lock_class, lock)!
-- Let nobody else change tasks until this transaction ends.
SELECT pg_advisory_xact_lock(:lock_class, :lock);

-- name: try_alone(lock_class, lock)$
-- Be the only one to change tasks until this transaction ends, if nobody else is.
SELECT pg_try_advisory_xact_lock(:lock_class, :lock);

-- name: some(ids)
-- Give some tasks that are open or were done.
SELECT
    t.id, t.rule_id, t.plant_id, t.kind, t.title, p.name AS plant_name, t.due_at, t.basis, t.snoozed_until, t.completed_at,
    t.care_event_id
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
WHERE t.id = ANY(:ids::uuid []) AND t.skipped_at IS NULL;

-- name: open_page(plant_id, due_before, after_time, after_id, most)
-- List what is to be done, the most urgent first, after one: of a plant or of all, due before a time or ever.
SELECT
    t.id, t.rule_id, t.plant_id, t.kind, t.title, p.name AS plant_name, t.due_at, t.basis, t.snoozed_until, t.completed_at,
    t.care_event_id
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL
    AND (:plant_id::uuid IS NULL OR t.plant_id = :plant_id)
    AND (:due_before::timestamptz IS NULL OR t.due_at < :due_before)
    AND (:after_time::timestamptz IS NULL OR (t.due_at, t.id) > (:after_time, :after_id::uuid))
ORDER BY t.due_at, t.id
LIMIT :most;

-- name: done_page(plant_id, after_time, after_id, most)
-- List what was done, the newest first, after one.
SELECT
    t.id, t.rule_id, t.plant_id, t.kind, t.title, p.name AS plant_name, t.due_at, t.basis, t.snoozed_until, t.completed_at,
    t.care_event_id
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
WHERE t.completed_at IS NOT NULL
    AND (:plant_id::uuid IS NULL OR t.plant_id = :plant_id)
    AND (:after_time::timestamptz IS NULL OR (t.completed_at, t.id) < (:after_time, :after_id::uuid))
ORDER BY t.completed_at DESC, t.id DESC
LIMIT :most;

-- name: state(id)^
-- Tell what is needed to close or open a task.
SELECT
    t.id, t.rule_id, t.plant_id, t.kind, t.title, t.due_at, t.basis, t.snoozed_until, t.completed_at, t.skipped_at,
    t.care_event_id, t.done_by, r.due_time, r.by,
    EXISTS (
        SELECT FROM care_task AS later
        WHERE later.rule_id = t.rule_id AND later.id > t.id
            AND (later.completed_at IS NOT NULL OR later.skipped_at IS NOT NULL)
    ) AS outlived
FROM care_task AS t
LEFT JOIN task_rule AS r ON r.id = t.rule_id
WHERE t.id = :id;

-- name: add(id, rule_id, plant_id, kind, title, due_at, basis, counted_from, foretold_at, snoozed_until, tell_at, now)!
-- Plan a task.
INSERT INTO care_task
    (id, rule_id, plant_id, kind, title, due_at, basis, counted_from, foretold_at, snoozed_until, tell_at, created_at)
VALUES
    (:id, :rule_id, :plant_id, :kind, :title, :due_at, :basis, :counted_from, :foretold_at, :snoozed_until, :tell_at, :now);

-- name: complete(id, at, event_id, done_by)!
-- Close a task that was done.
UPDATE care_task SET completed_at = :at, care_event_id = :event_id, done_by = :done_by WHERE id = :id;

-- name: skip(id, at)!
-- Close a task that is left out this time.
UPDATE care_task SET skipped_at = :at WHERE id = :id;

-- name: snooze(id, until, tell_at)!
-- Put a task off; people hear of it again then.
UPDATE care_task SET snoozed_until = :until, tell_at = :tell_at, told_at = NULL WHERE id = :id;

-- name: replan(id, due_at, basis, foretold_at, tell_at, now)!
-- Let a task fall due at another time; people hear of it anew if that lies ahead.
UPDATE care_task SET
    due_at = :due_at, basis = :basis, foretold_at = :foretold_at, tell_at = :tell_at,
    told_at = CASE WHEN :tell_at > :now::timestamptz THEN NULL ELSE told_at END
WHERE id = :id;

-- name: told(ids, now)!
-- Remember that people heard of some tasks.
UPDATE care_task SET told_at = :now WHERE id = ANY(:ids::uuid []);

-- name: remove_open(rule_id)
-- Take a rule's open task away.
DELETE FROM care_task WHERE rule_id = :rule_id AND completed_at IS NULL AND skipped_at IS NULL RETURNING id;

-- name: reopen(id)!
-- Let a task be open again.
UPDATE care_task SET completed_at = NULL, skipped_at = NULL, care_event_id = NULL, done_by = NULL WHERE id = :id;

-- name: sweep(before)!
-- Forget tasks that were closed long ago, but the newest of each rule.
DELETE FROM care_task AS t
WHERE coalesce(t.completed_at, t.skipped_at) < :before
    AND EXISTS (SELECT FROM care_task AS later WHERE later.rule_id = t.rule_id AND later.id > t.id);

-- name: open_trees()
-- Give all open tasks, the most urgent first; ids as words, which are written much faster.
SELECT
    t.id::text, t.rule_id::text, t.plant_id::text, t.kind, t.title, p.name AS plant_name, t.due_at, t.basis,
    t.snoozed_until, t.completed_at, t.care_event_id::text
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL
ORDER BY t.due_at, t.id;

-- name: open_ids(plant_id)
-- Give the open tasks of a plant.
SELECT id FROM care_task WHERE plant_id = :plant_id AND completed_at IS NULL AND skipped_at IS NULL;
