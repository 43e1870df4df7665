-- Something sealed from the first start on, so that a process with another key is told before it seals anything.
CREATE TABLE sealed_sample (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    value bytea NOT NULL
);
COMMENT ON TABLE sealed_sample IS 'One row: a word that every process must be able to open with its encryption keys.';
