-- name: everything()
-- Read every account.
SELECT username, kind, state, topic_prefix, password, version, applied_version FROM broker_account ORDER BY username;

-- name: to_apply()
-- Read the accounts that the broker does not have as they should be.
SELECT username, kind, state, topic_prefix, password, version, applied_version
FROM broker_account WHERE applied_version <> version ORDER BY username;

-- name: mark_applied(usernames, versions)!
-- Note which version of some accounts the broker has now; a newer one stays to be applied.
UPDATE broker_account SET applied_version = done.version
FROM unnest(:usernames::text[], :versions::integer[]) AS done (username, version)
WHERE broker_account.username = done.username;

-- name: keep(username, kind, state, topic_prefix, password, at)$
-- Make an account, or change it; give its version, and wake up whoever speaks with the broker once this is committed.
WITH woken AS (SELECT pg_notify('plantops_accounts', :username::text))
INSERT INTO broker_account (username, kind, state, topic_prefix, password, registered_at, changed_at)
SELECT :username, :kind, :state, :topic_prefix, :password, :at, :at FROM woken
ON CONFLICT (username) DO UPDATE SET
    kind = excluded.kind, state = excluded.state, topic_prefix = excluded.topic_prefix, password = excluded.password,
    version = broker_account.version + 1, changed_at = excluded.changed_at
RETURNING version;
