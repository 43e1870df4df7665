-- The account at OpenPlantbook, whose plants can become species profiles.
CREATE TABLE openplantbook_account (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    credentials bytea NOT NULL,
    set_at timestamptz NOT NULL
);
COMMENT ON TABLE openplantbook_account IS 'The account at OpenPlantbook: one row, or none.';
COMMENT ON COLUMN openplantbook_account.credentials IS 'JSON with client id and secret, sealed for openplantbook_account:openplantbook.';
