-- name: add_key(id, name, hash, once, created_at, expires_at)!
-- Keep a new registration key; of its secret only the hash.
INSERT INTO registration_key (id, name, hash, once, created_at, expires_at)
VALUES (:id, :name, :hash, :once, :created_at, :expires_at);

-- name: key_by_hash(hash)^
-- The key that a secret belongs to, good or not.
SELECT id, name, once, created_at, expires_at, revoked_at, used_count, last_used_at, first_used_at, first_used_by
FROM registration_key
WHERE hash = :hash;

-- name: key_by_id(id)^
-- One key, good or not.
SELECT id, name, once, created_at, expires_at, revoked_at, used_count, last_used_at, first_used_at, first_used_by
FROM registration_key
WHERE id = :id;

-- name: keys(after, count)
-- Keys from the oldest on, those that come after one of them; useless ones too.
SELECT id, name, once, created_at, expires_at, revoked_at, used_count, last_used_at, first_used_at, first_used_by
FROM registration_key
WHERE :after::uuid IS NULL
    OR (created_at, id) > (SELECT created_at, id FROM registration_key WHERE id = :after::uuid)
ORDER BY created_at, id
LIMIT :count;

-- name: keys_called(name)
-- Every key of that name that is not revoked.
SELECT id, name, once, created_at, expires_at, revoked_at, used_count, last_used_at, first_used_at, first_used_by
FROM registration_key
WHERE name = :name AND revoked_at IS NULL
ORDER BY created_at, id;

-- name: revoke_key(id, now)!
-- Make a key worthless from now on.
UPDATE registration_key SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: key_was_used(id, hardware_id, now)!
-- Note that a device got something for this key.
UPDATE registration_key SET
    used_count = used_count + 1,
    last_used_at = :now,
    first_used_at = coalesce(first_used_at, :now),
    first_used_by = coalesce(first_used_by, :hardware_id)
WHERE id = :id;

-- name: lock(lock_class, lock)$
-- Change accounts alone, on all replicas, until the transaction ends.
SELECT true FROM pg_advisory_xact_lock(:lock_class, :lock);

-- name: account_of_hardware(hardware_id)^
-- The account of a board.
SELECT username, kind, state, hardware_id, topic_prefix, password, version, registered_with, registered_at
FROM broker_account
WHERE hardware_id = :hardware_id;

-- name: account(username)^
-- One account.
SELECT username, kind, state, hardware_id, topic_prefix, password, version, registered_with, registered_at
FROM broker_account
WHERE username = :username;

-- name: taken(names, hardware_id)
-- Of some names those that are accounts already, or devices (other than this very board, met before it registered).
SELECT wished.name FROM unnest(:names::text[]) AS wished (name)
WHERE EXISTS (SELECT FROM broker_account WHERE username = wished.name)
    OR EXISTS (SELECT FROM device WHERE id = wished.name AND hardware_id IS DISTINCT FROM :hardware_id);

-- name: add_account(username, kind, state, hardware_id, topic_prefix, password, key_id, now)$
-- Make an account, and wake up whoever speaks with the broker once this is committed.
WITH woken AS (SELECT pg_notify('plantops_accounts', ''))
INSERT INTO broker_account (
    username, kind, state, hardware_id, topic_prefix, password, registered_with, registered_at, changed_at
)
SELECT :username, :kind, :state, :hardware_id, :topic_prefix, :password, :key_id::uuid, :now, :now FROM woken
RETURNING version;

-- name: change_account(username, state, password, registered_with, registered_at, now)$
-- Change an account, and wake up whoever speaks with the broker once this is committed.
WITH woken AS (SELECT pg_notify('plantops_accounts', ''))
UPDATE broker_account SET
    state = :state, password = :password, registered_with = :registered_with::uuid, registered_at = :registered_at,
    version = version + 1, changed_at = :now
FROM woken
WHERE username = :username
RETURNING version;

-- name: how_many_devices()$
-- Count the devices.
SELECT count(*) FROM device;

-- name: introduce(id, kind, name, hardware_id, model, firmware, now)$
-- Note what a device says of itself when it registers, before it ever spoke; answers its id.
INSERT INTO device (id, kind, name, hardware_id, model, firmware, created_at)
VALUES (:id, :kind, coalesce(:name, :id), :hardware_id, :model, :firmware, :now)
ON CONFLICT (id) DO UPDATE SET
    name = CASE WHEN device.named_by_user THEN device.name ELSE coalesce(:name, device.name) END,
    hardware_id = coalesce(excluded.hardware_id, device.hardware_id),
    model = coalesce(excluded.model, device.model),
    firmware = coalesce(excluded.firmware, device.firmware)
RETURNING id;

-- name: is_applied(username, version)$
-- Whether the broker has an account in this version, or a later one.
SELECT applied_version >= :version FROM broker_account WHERE username = :username;

-- name: accounts()
-- List all devices and all accounts, whether they belong together or not; NULL where one has no other.
SELECT coalesce(a.username, d.id) AS username, a.kind, a.state, a.topic_prefix,
    coalesce(a.applied_version = a.version, true) AS applied,
    coalesce(a.hardware_id, d.hardware_id) AS hardware_id, d.name, d.model, d.last_seen
FROM broker_account AS a FULL JOIN device AS d ON d.id = a.username
ORDER BY 1;
