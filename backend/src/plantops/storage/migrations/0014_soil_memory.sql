-- What was learnt of a plant's soil is kept, and how far back news goes: most news needs no whole look.
ALTER TABLE plant_to_judge ADD COLUMN since timestamptz;
COMMENT ON COLUMN plant_to_judge.since IS 'The oldest reading that is news; null: something else than readings changed.';

CREATE TABLE plant_soil (
    plant_id uuid PRIMARY KEY REFERENCES plant ON DELETE CASCADE,
    memory text NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE plant_soil IS 'SoilMemory of domain/soil_memory.py as JSON: made anew from the readings whenever it does not do.';
