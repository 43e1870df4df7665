-- What is done to plants, when each of them will want water, and whose soil has news that nobody has looked at.
CREATE TABLE care_event (
    id uuid PRIMARY KEY,
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    kind text NOT NULL,
    source text NOT NULL CHECK (source IN ('detected', 'logged')),
    at timestamptz NOT NULL,
    litres double precision,
    note text NOT NULL DEFAULT '',
    level_before double precision,
    level_after double precision,
    soaked_through boolean,
    created_at timestamptz NOT NULL
);
CREATE INDEX care_event_by_plant ON care_event (plant_id, at, id);
COMMENT ON TABLE care_event IS 'What was done to plants: written down by people (logged), or seen in the soil (detected).';
COMMENT ON COLUMN care_event.level_before IS '% as the probe showed it; of logged ones where the soil agrees.';
COMMENT ON COLUMN care_event.level_after IS '% once the surplus had run out.';
COMMENT ON COLUMN care_event.soaked_through IS 'Whether the soil got as wet as it can; null: nothing to compare with.';

CREATE TABLE plant_outlook (
    plant_id uuid PRIMARY KEY REFERENCES plant ON DELETE CASCADE,
    judged_at timestamptz NOT NULL,
    last_watered_at timestamptz,
    at timestamptz,
    earliest timestamptz,
    latest timestamptz,
    basis text,
    confidence text,
    reason text,
    lasts_days double precision
) WITH (fillfactor = 50);
COMMENT ON TABLE plant_outlook IS 'When each plant will want water, as it was judged last; at null: too little is known.';
COMMENT ON COLUMN plant_outlook.lasts_days IS 'How long a thorough watering would last now.';

CREATE TABLE plant_to_judge (
    plant_id uuid PRIMARY KEY REFERENCES plant ON DELETE CASCADE,
    noted_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE plant_to_judge IS 'Plants with news: taken from channel_state.dirty_from, given back when judged.';
INSERT INTO plant_to_judge (plant_id, noted_at) SELECT id, now() FROM plant;
