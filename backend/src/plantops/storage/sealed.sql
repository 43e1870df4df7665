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
