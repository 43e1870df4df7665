#!/usr/bin/env bash
# Back up everything that cannot be made again: the database, and with it the settings, certificates and broker accounts.
# Runs in the database's image (service `backup`), so that its pg_dump fits the server. docs/operations.md tells more.
#
#   backup.sh once       make one now, then remove those that are too old
#   backup.sh daily      make one each day at BACKUP_AT (UTC), for ever; one that was missed is made up for
#   backup.sh healthy    fail unless there is one of the last two days (for an hour after the start: or none yet)
#   backup.sh list       name those that are whole, the newest first
#
# A backup is a folder that appears when it is whole, and not before: database.dump, manifest, config.tar.gz, SHA256SUMS.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=scripts/prod/lib.sh
. "$here/lib.sh"

BACKUPS=${BACKUPS:-/backups}
HOUSE=${BACKUP_HOUSE:-/plantops}       # .env.prod, .env, docker-compose.prod.yml, mosquitto/
CERTS=${BACKUP_CERTS:-/certs}
BROKER=${BACKUP_BROKER:-/broker}       # dynamic-security.json
AT=${BACKUP_AT:-02:00}
KEEP_DAYS=${BACKUP_KEEP_DAYS:-30}
KEEP_LEAST=${BACKUP_KEEP_LEAST:-7}
STARTED=${BACKUP_STARTED:-/tmp/backup-started}
DAY=86400 LOOK_SECONDS=${BACKUP_LOOK_SECONDS:-60} AFTER_FAILURE_SECONDS=3600 NOTHING_YET=3

# A figure that is none would be found out after the backup, when the old ones are looked through.
figures() {
  local name
  for name in KEEP_DAYS KEEP_LEAST; do
    case ${!name} in "" | *[!0-9]* | ??????*) die "BACKUP_$name=${!name} is no number. Nothing was backed up." ;; esac
  done
  [ "$KEEP_LEAST" -ge 1 ] || die "BACKUP_KEEP_LEAST=$KEEP_LEAST would remove the new backup too. Nothing was backed up."
}

once() {
  figures
  [ -w "$BACKUPS" ] || die "cannot write into $BACKUPS. Nothing was backed up."
  alone "$BACKUPS/.lock" "Another backup or a restore is running."
  umask 077
  database
  rm -rf "$BACKUPS"/.unfinished-*   # of a run that was killed
  local name new
  name=plantops-$(date -u +%Y%m%d-%H%M%S); new=$BACKUPS/.unfinished-$name
  mkdir "$new"
  # shellcheck disable=SC2064
  trap "rm -rf '$new'" EXIT
  dump "$new"
  pack "$new"
  (cd "$new" && sha256sum database.dump manifest config.tar.gz >SHA256SUMS)
  chown -R "$(stat -c %u:%g "$BACKUPS")" "$new" 2>/dev/null || true   # whoever keeps the folder may read what is in it
  sync
  mv "$new" "$BACKUPS/$name"
  trap - EXIT
  told "$BACKUPS/$name"
  say "backed up: $BACKUPS/$name ($(du -sh "$BACKUPS/$name" | cut -f1), $(noted "$BACKUPS/$name/manifest" rows.telemetry) readings)"
  prune
}

# The dashboard shows when the newest backup was made; a database of an earlier version has no place for it. One that cannot be noted is a backup all the same.
told() {
  local made bytes; made=$(made "$1"); bytes=$(du -sb "$1" | cut -f1)
  sql "$PGDATABASE" -v made="$made" -v bytes="$bytes" <<'SQL' || say "warning: the dashboard will not know of this backup."
SELECT to_regclass('public.newest_backup') IS NOT NULL AS there \gset
\if :there
INSERT INTO newest_backup (made_at, bytes) VALUES (to_timestamp(:made), :bytes)
ON CONFLICT (only_one) DO UPDATE SET made_at = excluded.made_at, bytes = excluded.bytes;
\endif
SQL
}

# The dump and its manifest; every byte is read again before it counts.
dump() {
  BACKUP_DUMP=$1/database.dump sql "$PGDATABASE" -v manifest="$1/manifest" -f "$here/backup.sql" \
    || die "the database at $PGHOST did not give everything. Nothing was backed up; older backups stay."
  [ -s "$1/manifest" ] || exit "$NOTHING_YET"
  # TimescaleDB's catalogue makes pg_dump warn of circular keys each time: its words are shown when they matter.
  [ -f "$1/database.dump.whole" ] || { cat "$1/database.dump.words" >&2; die "pg_dump did not finish. Nothing was backed up; older backups stay."; }
  rm "$1/database.dump.whole" "$1/database.dump.words"
  pg_restore --file=/dev/null "$1/database.dump" || die "the dump cannot be read again. Nothing was backed up; older backups stay."
}

pack() {
  local file
  mkdir "$1/config"
  for file in .env.prod .env docker-compose.prod.yml mosquitto; do
    [ ! -e "$HOUSE/$file" ] || cp -RLp "$HOUSE/$file" "$1/config/"
  done
  [ ! -d "$CERTS" ] || cp -RLp "$CERTS" "$1/config/certs"
  [ ! -f "$BROKER/dynamic-security.json" ] || { mkdir "$1/config/broker" && cp -p "$BROKER/dynamic-security.json" "$1/config/broker/"; }
  [ -f "$1/config/.env.prod" ] || say "warning: there is no .env.prod in $HOUSE: keep ENCRYPTION_KEY elsewhere, or this backup's sealed passwords are lost."
  tar -czf "$1/config.tar.gz" -C "$1/config" .
  rm -rf "$1/config"
}

list() { local sums; for sums in "$BACKUPS"/plantops-*-*/SHA256SUMS; do [ ! -f "$sums" ] || dirname "$sums"; done | sort -r; }

# When a backup was made, in seconds since 1970; what is no number is never reckoned with (Bash would carry it out): 0.
made() { local at; at=$(noted "$1/manifest" made_unix 2>/dev/null | grep -E '^[0-9]{1,12}$') || at=0; echo "$((10#$at))"; }
age() { echo $(($(date +%s) - $(made "$1"))); }

# The newest backup, by what it says itself (people give copies other names), but none from the future: a clock that was
# once ahead must not keep the next ones away.
newest() {
  local backup at best=-1 found="" latest=$(($(date +%s) + 300))
  while read -r backup; do
    at=$(made "$backup")
    if [ "$at" -gt "$best" ] && [ "$at" -le "$latest" ]; then best=$at found=$backup; fi
  done < <(list)
  echo "$found"
}

prune() {
  local backup kept=0
  while read -r backup; do
    kept=$((kept + 1))
    [ "$kept" -gt "$KEEP_LEAST" ] && [ "$(made "$backup")" != 0 ] && [ "$(age "$backup")" -gt $((10#$KEEP_DAYS * DAY)) ] || continue
    rm -rf "$backup"
    say "removed, older than $KEEP_DAYS days: $backup"
  done < <(list)
}

# Whether the newest backup is older than the last time of day at which there should have been one.
due() {
  local newest now at last
  newest=$(newest)
  [ -n "$newest" ] || return 0
  now=$(date +%s); at=$((10#${AT%%:*} * 3600 + 10#${AT##*:} * 60)); last=$(((now - at) / DAY * DAY + at))
  [ "$(made "$newest")" -lt "$last" ]
}

daily() {
  figures
  case $AT in [01][0-9]:[0-5][0-9] | 2[0-3]:[0-5][0-9]) ;; *) die "BACKUP_AT=$AT is no time of day like 02:00." ;; esac
  say "a backup each day at $AT UTC into $BACKUPS; kept for $KEEP_DAYS days, the last $KEEP_LEAST in any case"
  date +%s >"$STARTED"
  local status
  while true; do
    status=0
    ! due || "$BASH" "$here/backup.sh" once || status=$?   # a process of its own: `set -e` holds in it
    case $status in
      0 | "$NOTHING_YET") sleep "$LOOK_SECONDS" ;;
      *) say "THE BACKUP FAILED; the next attempt is in an hour"; sleep "$AFTER_FAILURE_SECONDS" ;;
    esac
  done
}

healthy() {
  local newest
  newest=$(newest)
  [ -n "$newest" ] || [ $(($(date +%s) - $(cat "$STARTED" 2>/dev/null || echo 0))) -gt 3600 ] || return 0
  [ -n "$newest" ] || die "there is no backup in $BACKUPS yet (one that lies in the future does not count)."
  [ "$(age "$newest")" -lt $((2 * DAY)) ] || die "the newest backup is $(($(age "$newest") / DAY)) days old: $newest"
}

case ${1:-} in
  once | daily | healthy | list) "$1" ;;
  *) die "usage: backup.sh once | daily | healthy | list" ;;
esac
