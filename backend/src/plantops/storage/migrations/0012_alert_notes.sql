-- Alerts are judged from the same dirty marks as waterings: notes of their own, of plants and of devices.
CREATE TABLE alert_to_judge (
    plant_id uuid PRIMARY KEY REFERENCES plant ON DELETE CASCADE,
    noted_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE alert_to_judge IS 'Plants of which any channel has news: taken from channel_state.dirty_from, given back when judged.';
INSERT INTO alert_to_judge (plant_id, noted_at) SELECT id, now() FROM plant;

CREATE TABLE device_to_judge (
    device_id text PRIMARY KEY REFERENCES device ON DELETE CASCADE,
    noted_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE device_to_judge IS 'Devices of which any channel has news, whether it serves a plant or not.';
INSERT INTO device_to_judge (device_id, noted_at) SELECT id, now() FROM device;
