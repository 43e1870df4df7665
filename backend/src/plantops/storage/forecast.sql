-- name: newest()^
-- Give the newest forecast.
SELECT source, received_at, points FROM forecast;

-- name: put(source, points, now)!
-- Take a forecast in place of the one before.
INSERT INTO forecast (source, received_at, points) VALUES (:source, :now, :points)
ON CONFLICT (only_one) DO UPDATE SET
    source = EXCLUDED.source, received_at = EXCLUDED.received_at, points = EXCLUDED.points;
