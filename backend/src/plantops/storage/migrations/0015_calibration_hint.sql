-- Probes that have wandered since they were calibrated: told with their channel.
CREATE TABLE calibration_hint (
    channel_id integer PRIMARY KEY REFERENCES channel ON DELETE CASCADE,
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    shift double precision NOT NULL
);
CREATE INDEX calibration_hint_by_plant ON calibration_hint (plant_id);
COMMENT ON TABLE calibration_hint IS 'Why a channel should be calibrated anew, as a plant''s waterings have shown; gone with the next calibration.';
COMMENT ON COLUMN calibration_hint.shift IS 'How much more it shows than it did, %.';
