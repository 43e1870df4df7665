-- Irrigators, the valves that devices say they have, every watering that was asked for, and the switch for the whole house.
ALTER TABLE garden_setting ADD COLUMN irrigation_enabled boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN garden_setting.irrigation_enabled IS 'Off: nothing is watered, whatever else is set.';

CREATE TABLE device_valve (
    device_id text NOT NULL REFERENCES device ON DELETE CASCADE,
    key text NOT NULL,
    name text,
    max_seconds double precision,
    litres_per_minute double precision,
    PRIMARY KEY (device_id, key)
);
COMMENT ON TABLE device_valve IS 'Valves and pumps, as their devices declare them.';
COMMENT ON COLUMN device_valve.max_seconds IS 'After which the device closes it by itself.';

CREATE TABLE irrigator (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    device_id text NOT NULL REFERENCES device ON DELETE CASCADE,
    valve text NOT NULL,
    litres_per_minute double precision,
    max_seconds double precision NOT NULL,
    pause_seconds double precision NOT NULL,
    daily_max_seconds double precision NOT NULL,
    reservoir_channel_id integer REFERENCES channel ON DELETE CASCADE,
    reservoir_minimum double precision NOT NULL,
    leak_channel_id integer REFERENCES channel ON DELETE CASCADE,
    flow_channel_id integer REFERENCES channel ON DELETE CASCADE,
    automatic_seconds double precision,
    automatic_basis text,
    automatic_from time,
    automatic_until time,
    automatic_most_per_day integer,
    enabled boolean NOT NULL,
    block_kind text,
    block_words text,
    blocked_at timestamptz,
    block_command_id uuid,
    created_at timestamptz NOT NULL,
    UNIQUE (device_id, valve),
    CHECK ((block_kind IS NULL) = (blocked_at IS NULL) AND (block_kind IS NULL) = (block_words IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE irrigator IS 'A valve that waters plants, and what it may do. It goes with any channel that it depends on: that ends dry.';
COMMENT ON COLUMN irrigator.litres_per_minute IS 'Null: what the device declares.';
COMMENT ON COLUMN irrigator.reservoir_minimum IS '%; below it the reservoir counts as empty.';
COMMENT ON COLUMN irrigator.automatic_seconds IS 'Null: it waters only when told.';
COMMENT ON COLUMN irrigator.block_kind IS 'Not null: nothing is watered until a person clears it.';

CREATE TABLE irrigator_plant (
    irrigator_id uuid NOT NULL REFERENCES irrigator ON DELETE CASCADE,
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    PRIMARY KEY (irrigator_id, plant_id)
);
CREATE INDEX irrigator_by_plant ON irrigator_plant (plant_id);
COMMENT ON TABLE irrigator_plant IS 'Which plants hang on which hose.';

CREATE TABLE watering_command (
    id uuid PRIMARY KEY,
    irrigator_id uuid REFERENCES irrigator ON DELETE SET NULL,
    plant_id uuid REFERENCES plant ON DELETE SET NULL,
    device_id text NOT NULL REFERENCES device ON DELETE CASCADE,
    valve text NOT NULL,
    origin text NOT NULL CHECK (origin IN ('person', 'automatic')),
    key text UNIQUE,
    seconds double precision NOT NULL,
    litres_per_minute double precision,
    state text NOT NULL CHECK (state IN ('sent', 'running', 'done', 'stopped', 'refused', 'expired', 'failed')),
    given_up boolean NOT NULL DEFAULT false,
    detail text NOT NULL DEFAULT '',
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    ran_seconds double precision,
    soil text NOT NULL DEFAULT 'waiting' CHECK (soil IN ('waiting', 'risen', 'not_risen', 'unknown')),
    moisture_before double precision,
    moisture_after double precision,
    warnings text [] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX watering_command_open ON watering_command (device_id) WHERE state IN ('sent', 'running');
CREATE INDEX watering_command_by_valve ON watering_command (device_id, valve, sent_at);
CREATE INDEX watering_command_by_irrigator ON watering_command (irrigator_id, sent_at, id);
CREATE INDEX watering_command_by_plant ON watering_command (plant_id) WHERE plant_id IS NOT NULL;
CREATE INDEX watering_command_waiting ON watering_command (ended_at) WHERE soil = 'waiting';
COMMENT ON TABLE watering_command IS 'Every watering that was asked for, and what became of it. A device has at most one under way.';
COMMENT ON COLUMN watering_command.key IS 'What the client calls it: asked again, it is the same watering.';
COMMENT ON COLUMN watering_command.given_up IS 'Its device had not answered by due_at.';
COMMENT ON COLUMN watering_command.ran_seconds IS 'How long water flowed, as the device says.';
COMMENT ON COLUMN watering_command.moisture_before IS '%; of the plant that decided, as moisture_after.';

ALTER TABLE care_event ADD COLUMN command_id uuid;
COMMENT ON COLUMN care_event.command_id IS 'The watering_command of an irrigator that did it; kept as logged, told as irrigated. It may be gone.';
