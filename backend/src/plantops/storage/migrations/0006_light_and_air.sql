-- What light, air and warmth come to day by day, and where a plant stands, which that depends on.
ALTER TABLE plant ADD COLUMN site jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN plant.site IS 'What the user set of Site of aioplantops/site.py; what is not named is the default.';

CREATE TABLE plant_daily (
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    day date NOT NULL,
    made_from text NOT NULL,
    dli double precision,
    light_coverage double precision NOT NULL,
    light_metric text,
    vpd_mean double precision,
    vpd_max double precision,
    air_coverage double precision NOT NULL,
    temperature_mean double precision,
    temperature_min double precision,
    temperature_max double precision,
    temperature_coverage double precision NOT NULL,
    growing_degree_days double precision,
    PRIMARY KEY (plant_id, day)
);
COMMENT ON TABLE plant_daily IS 'Days that are over, as the garden''s time zone and the plant''s site count them.';
COMMENT ON COLUMN plant_daily.made_from IS 'Digest of the readings'' counts and of all settings: another one, and the day is made anew.';
COMMENT ON COLUMN plant_daily.dli IS 'mol/m².';
COMMENT ON COLUMN plant_daily.light_coverage IS 'Part of the day that readings cover, 0 to 1; so the other coverages.';
COMMENT ON COLUMN plant_daily.vpd_mean IS 'kPa.';
COMMENT ON COLUMN plant_daily.growing_degree_days IS '°C·d.';

CREATE TABLE plant_light (
    plant_id uuid PRIMARY KEY REFERENCES plant ON DELETE CASCADE,
    light jsonb NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE plant_light IS 'Each plant''s light as of a few minutes ago: PlantLight of aioplantops/days.py.';
