-- name: plants(now)
-- Give all plants as a table has them, with the channels that serve them now.
SELECT
    p.id, p.name, p.species, p.species_id, p.area, p.substrate, p.pot_litres, p.notes, p.own_thresholds,
    ARRAY(
        SELECT c.device_id || '/' || c.key
        FROM assignment AS a
        JOIN channel AS c ON c.id = a.channel_id
        WHERE a.plant_id = p.id AND a.from_time <= :now AND (a.until_time IS NULL OR a.until_time > :now)
        ORDER BY 1
    ) AS channels
FROM plant AS p
ORDER BY p.name COLLATE "C", p.id;

-- name: channels(names)
-- Give channels by device and key.
SELECT id, device_id || '/' || key AS name, metric FROM channel WHERE device_id || '/' || key = ANY(:names::text []);
