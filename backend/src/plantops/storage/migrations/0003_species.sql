-- What gardeners know: species profiles of one's own, which profile a plant has, and the bounds set for it alone.
CREATE TABLE species_profile (
    id text PRIMARY KEY CHECK (id LIKE '%:%'),
    source text NOT NULL,
    name text NOT NULL,
    profile jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE species_profile IS 'Profiles that are not in the table that comes with PlantOps.';
COMMENT ON COLUMN species_profile.id IS 'Has a colon, which the ids of the table have not: custom:…';
COMMENT ON COLUMN species_profile.source IS 'custom: a person wrote it; an import names where it comes from.';
COMMENT ON COLUMN species_profile.profile IS 'The rest of a Species of aioplantops/species.py; read and written whole.';

ALTER TABLE plant
    ADD COLUMN species_id text,
    ADD COLUMN stored_species_id text GENERATED ALWAYS AS (CASE WHEN species_id LIKE '%:%' THEN species_id END) STORED
        REFERENCES species_profile,
    ADD COLUMN own_thresholds jsonb NOT NULL DEFAULT '{}';
CREATE INDEX plant_by_stored_species ON plant (stored_species_id) WHERE stored_species_id IS NOT NULL;
COMMENT ON COLUMN plant.species_id IS 'The profile: of the table that comes with PlantOps, or of species_profile.';
COMMENT ON COLUMN plant.stored_species_id IS 'The same where it is of species_profile, so that no profile in use goes away.';
COMMENT ON COLUMN plant.own_thresholds IS 'Bounds set for this plant, as Needs of aioplantops/needs.py.';
