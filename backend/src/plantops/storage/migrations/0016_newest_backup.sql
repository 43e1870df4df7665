-- When the newest backup was made, as whoever makes backups notes here: a backend cannot see where they lie.
CREATE TABLE newest_backup (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    made_at timestamptz NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0)
);
COMMENT ON TABLE newest_backup IS 'The newest whole backup, noted by scripts/prod/backup.sh; one row or none.';
COMMENT ON COLUMN newest_backup.made_at IS 'The moment that the backup holds.';
COMMENT ON COLUMN newest_backup.bytes IS 'Size of its files together.';
