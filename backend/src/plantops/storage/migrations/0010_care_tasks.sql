-- What is done to plants beside watering, what is to be done, pictures of plants, and who may read the calendar.
ALTER TABLE care_event
    ADD COLUMN pot_litres double precision,
    ADD COLUMN substrate text,
    ADD COLUMN area text,
    ADD COLUMN photo_id uuid,
    ADD COLUMN dismissed_at timestamptz;
CREATE INDEX care_event_by_time ON care_event (at, id);
COMMENT ON COLUMN care_event.pot_litres IS 'Of the new pot, when it was repotted.';
COMMENT ON COLUMN care_event.area IS 'Where it was moved to.';
COMMENT ON COLUMN care_event.dismissed_at IS 'A person said that this watering was none: it is kept so that the soil does not tell it again.';

CREATE TABLE task_rule (
    id uuid PRIMARY KEY,
    plant_id uuid REFERENCES plant ON DELETE CASCADE,
    kind text NOT NULL,
    title text,
    by text NOT NULL CHECK (by IN ('interval', 'dates', 'model')),
    every integer,
    unit text NOT NULL CHECK (unit IN ('days', 'weeks', 'months')),
    dates text [] NOT NULL,
    rest_months integer [] NOT NULL,
    rest_every integer,
    due_time time NOT NULL,
    enabled boolean NOT NULL,
    automatic boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX task_rule_by_plant ON task_rule (plant_id);
CREATE UNIQUE INDEX task_rule_automatic ON task_rule (plant_id) WHERE automatic;
COMMENT ON TABLE task_rule IS 'How care tasks come again; plant_id null: of the house.';
COMMENT ON COLUMN task_rule.title IS 'Null: what the kind and the plant''s name say.';
COMMENT ON COLUMN task_rule.dates IS 'MM-DD of every year, or YYYY-MM-DD once.';
COMMENT ON COLUMN task_rule.rest_months IS 'Months of the calendar in which it rests, or has the interval rest_every.';
COMMENT ON COLUMN task_rule.automatic IS 'It came with the plant: its watering.';

CREATE TABLE care_task (
    id uuid PRIMARY KEY,
    rule_id uuid REFERENCES task_rule ON DELETE SET NULL,
    plant_id uuid REFERENCES plant ON DELETE CASCADE,
    kind text NOT NULL,
    title text,
    due_at timestamptz NOT NULL,
    basis text NOT NULL CHECK (basis IN ('interval', 'date', 'model')),
    counted_from timestamptz NOT NULL,
    foretold_at timestamptz,
    snoozed_until timestamptz,
    tell_at timestamptz NOT NULL,
    told_at timestamptz,
    completed_at timestamptz,
    skipped_at timestamptz,
    care_event_id uuid REFERENCES care_event ON DELETE SET NULL,
    done_by text CHECK (done_by IN ('task', 'log', 'hand')),
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX care_task_open ON care_task (rule_id) WHERE completed_at IS NULL AND skipped_at IS NULL;
CREATE INDEX care_task_by_rule ON care_task (rule_id, id);
CREATE INDEX care_task_by_plant ON care_task (plant_id);
CREATE INDEX care_task_by_event ON care_task (care_event_id);
CREATE INDEX care_task_completed ON care_task (completed_at, id);
COMMENT ON TABLE care_task IS 'What is to be done, was done, or was left out; a rule has one open one.';
COMMENT ON COLUMN care_task.counted_from IS 'When it was done the last time, or its rule began: what was done later fulfils it.';
COMMENT ON COLUMN care_task.foretold_at IS 'The outlook that due_at was last made from.';
COMMENT ON COLUMN care_task.tell_at IS 'When people hear of it; told_at: when they did.';
COMMENT ON COLUMN care_task.done_by IS 'task: completing it wrote care_event_id down; log: care_event_id was there; hand: nothing was written down.';

ALTER TABLE garden_setting ADD COLUMN watering_tasks boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN garden_setting.watering_tasks IS 'Whether each plant gets a watering task by itself.';

CREATE TABLE calendar_feed (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
COMMENT ON TABLE calendar_feed IS 'Secret addresses at which calendars read what is to be done and what was.';
COMMENT ON COLUMN calendar_feed.hash IS 'SHA-256 of the secret, which has 256 random bits.';
COMMENT ON COLUMN calendar_feed.last_used_at IS 'To the hour.';

CREATE TABLE plant_photo (
    id uuid PRIMARY KEY,
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    taken_at timestamptz NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes integer NOT NULL,
    thumbnail_bytes integer NOT NULL,
    image bytea NOT NULL,
    thumbnail bytea NOT NULL,
    created_at timestamptz NOT NULL
);
ALTER TABLE plant_photo ALTER COLUMN image SET STORAGE EXTERNAL, ALTER COLUMN thumbnail SET STORAGE EXTERNAL;
CREATE INDEX plant_photo_by_plant ON plant_photo (plant_id, taken_at, id);
ALTER TABLE care_event ADD FOREIGN KEY (photo_id) REFERENCES plant_photo ON DELETE CASCADE;
CREATE INDEX care_event_by_photo ON care_event (photo_id) WHERE photo_id IS NOT NULL;
COMMENT ON TABLE plant_photo IS 'Pictures of plants, written anew by PlantOps: JPEG, at most 1,600 pixels a side, no metadata.';
COMMENT ON COLUMN plant_photo.thumbnail IS 'JPEG, at most 320 pixels a side.';
