-- name: settings()^
-- Give the garden's settings.
SELECT * FROM garden_setting;

-- name: settings_to_change()^
-- Give the garden's settings, to change them.
SELECT * FROM garden_setting FOR UPDATE;

-- name: change_settings(quiet_from, quiet_until, critical_breaks_quiet, digest_at, escalate_after_hours, irrigation_enabled, watering_tasks)!
-- Write the garden's settings anew.
UPDATE garden_setting SET
    quiet_from = :quiet_from,
    quiet_until = :quiet_until,
    critical_breaks_quiet = :critical_breaks_quiet,
    digest_at = :digest_at,
    escalate_after_hours = :escalate_after_hours,
    irrigation_enabled = :irrigation_enabled,
    watering_tasks = :watering_tasks;

-- name: newest_backup()^
-- Give the newest backup, if anybody noted one.
SELECT made_at, bytes FROM newest_backup;
