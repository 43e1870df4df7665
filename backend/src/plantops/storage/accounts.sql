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
