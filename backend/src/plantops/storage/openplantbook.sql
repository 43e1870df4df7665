-- name: account()^
-- Give the account, if there is one.
SELECT credentials, set_at FROM openplantbook_account;

-- name: keep_account(credentials, now)!
-- Keep the account in the place of an earlier one.
INSERT INTO openplantbook_account (credentials, set_at) VALUES (:credentials, :now)
ON CONFLICT (is_only_row) DO UPDATE SET credentials = excluded.credentials, set_at = excluded.set_at;

-- name: forget_account()!
-- Forget the account.
DELETE FROM openplantbook_account;
