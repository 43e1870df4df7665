-- name: broker_account_passwords(after, count)
-- Sealed passwords of broker accounts, by user name, after one of them.
SELECT username AS key, password AS value
FROM broker_account
WHERE username > :after
ORDER BY username
LIMIT :count;

-- name: exchange_broker_account_password(key, before, now)!
-- Put the same password, sealed anew, in the place of the old value; not where somebody changed it meanwhile.
UPDATE broker_account SET password = :now WHERE username = :key AND password = :before;

-- name: replace_broker_account_password(key, before, now)!
-- Give an account whose password nobody can open any more another one: the broker is told, the device is not.
UPDATE broker_account SET password = :now, version = version + 1, registered_with = NULL
WHERE username = :key AND password = :before;

-- name: notification_channel_secrets(after, count)
-- Sealed addresses and keys of notification channels, by id, after one of them.
SELECT id::text AS key, secret AS value
FROM notification_channel
WHERE id::text > :after AND secret IS NOT NULL
ORDER BY id::text
LIMIT :count;

-- name: exchange_notification_channel_secret(key, before, now)!
-- Put the same secret, sealed anew, in the place of the old one; not where somebody changed it meanwhile.
UPDATE notification_channel SET secret = :now WHERE id::text = :key AND secret = :before;

-- name: replace_notification_channel_secret(key, before, now)!
-- Switch off a channel whose address nobody can open any more, and say what it wants.
UPDATE notification_channel SET
    secret = :now,
    enabled = false,
    refused_at = now(),
    last_failure_at = now(),
    last_failure = 'Its address was lost with the encryption key: give it its address anew.'
WHERE id::text = :key AND secret = :before;

-- name: add_sample(value)!
-- Keep the sample of the first one who starts.
INSERT INTO sealed_sample (value) VALUES (:value) ON CONFLICT DO NOTHING;

-- name: samples(after, count)
-- The sample, as if there could be many.
SELECT 'sample' AS key, value FROM sealed_sample WHERE 'sample' > :after::text LIMIT :count;

-- name: exchange_sample(key, before, now)!
-- Put the sample, sealed anew, in the place of the old one.
UPDATE sealed_sample SET value = :now WHERE :key::text = 'sample' AND value = :before;

-- name: openplantbook_credentials(after, count)
-- The credentials of the account at OpenPlantbook, as if there could be many.
SELECT 'openplantbook' AS key, credentials AS value FROM openplantbook_account WHERE 'openplantbook' > :after::text LIMIT :count;

-- name: exchange_openplantbook_credentials(key, before, now)!
-- Put the same credentials, sealed anew, in the place of the old value; not where somebody changed them meanwhile.
UPDATE openplantbook_account SET credentials = :now WHERE :key::text = 'openplantbook' AND credentials = :before;

-- name: forget_openplantbook_credentials(key, before, now)!
-- Forget credentials that nobody can open any more: another value is of no use, a person has to give them again.
DELETE FROM openplantbook_account
WHERE :key::text = 'openplantbook' AND credentials = :before AND :now::bytea IS NOT NULL;
