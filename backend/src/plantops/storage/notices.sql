-- name: happen(kind, severity, subject, at, plant_id, device_id, title, body)!
-- Write down what people shall hear of.
INSERT INTO notice (kind, severity, subject, at, plant_id, device_id, title, body)
VALUES (:kind, :severity, :subject, :at, :plant_id, :device_id, :title, :body);

-- name: withdraw_unrouted(subject)!
-- Take back what no channel was given yet of a subject. Waits for whoever is giving it out at this moment.
DELETE FROM notice WHERE routed_at IS NULL AND subject = :subject;

-- name: withdraw_waiting(subject)!
-- Take back what channels were given of a subject and have not told.
UPDATE notification_item SET state = 'dropped' WHERE subject = :subject AND state = 'waiting';
