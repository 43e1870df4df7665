-- name: happen(kind, severity, subject, at, plant_id, device_id, title, body)!
-- Write down what people shall hear of.
INSERT INTO notice (kind, severity, subject, at, plant_id, device_id, title, body)
VALUES (:kind, :severity, :subject, :at, :plant_id, :device_id, :title, :body);

-- name: withdraw(subject)!
-- Take back what was not told yet of a subject, given to channels or not.
WITH unrouted AS (
    DELETE FROM notice WHERE routed_at IS NULL AND subject = :subject
)
UPDATE notification_item SET state = 'dropped' WHERE subject = :subject AND state = 'waiting';
