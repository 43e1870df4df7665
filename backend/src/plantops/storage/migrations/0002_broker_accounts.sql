-- Who may come to the broker and how devices get there by themselves; what is secret lies sealed (ops/vault.py).
CREATE TABLE broker_account (
    username text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('device', 'stock', 'home_assistant')),
    state text NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
    hardware_id text UNIQUE,
    topic_prefix text,
    password bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    applied_version integer NOT NULL DEFAULT 0,
    registered_with uuid,
    registered_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX broker_account_to_apply ON broker_account (username) WHERE applied_version <> version;
COMMENT ON TABLE broker_account IS 'Which accounts the broker should have: the broker is made to agree, never asked.';
COMMENT ON COLUMN broker_account.username IS 'The broker''s user name, and the client id that the account is bound to; of a device its id.';
COMMENT ON COLUMN broker_account.hardware_id IS 'MAC address of a device that registered, 12 lower-case hexadecimal digits.';
COMMENT ON COLUMN broker_account.topic_prefix IS 'Of a stock ESPHome node: the prefix of its topics.';
COMMENT ON COLUMN broker_account.password IS 'Sealed, so that a lost file of the broker''s accounts can be made again.';
COMMENT ON COLUMN broker_account.version IS 'Grows with every change of state or password.';
COMMENT ON COLUMN broker_account.applied_version IS 'The version that the broker has.';
COMMENT ON COLUMN broker_account.registered_with IS 'The registration key that the device showed last; null: a person made the account.';

CREATE TABLE registration_key (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    once boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_count integer NOT NULL DEFAULT 0,
    last_used_at timestamptz,
    first_used_at timestamptz,
    first_used_by text
);
COMMENT ON TABLE registration_key IS 'What a new device shows to get its account. No token: it opens nothing else.';
COMMENT ON COLUMN registration_key.hash IS 'SHA-256 of the secret.';
COMMENT ON COLUMN registration_key.once IS 'True: good for the first hardware id that shows it.';
COMMENT ON COLUMN registration_key.first_used_by IS 'The hardware id that showed it first.';
