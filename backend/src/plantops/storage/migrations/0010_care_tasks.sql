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
