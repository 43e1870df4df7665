#!/usr/bin/env bash
# Put a backup in the place of the present database: make prod-restore FILE=backups/plantops-… [OVER_DATA=yes]
# Works on a new machine as well (unpack the backup's config.tar.gz there first: settings, certificates).
# shellcheck source=scripts/prod/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

file=${1:-}
file=${file%/}
file=${file%/database.dump}
[ -n "$file" ] || die "which backup? make prod-restore FILE=backups/plantops-…   (make prod-status names the newest)"
[ "$(cd "$(dirname "$file")" 2>/dev/null && pwd -P)" = "$(cd backups 2>/dev/null && pwd -P)" ] && [ -d "$file" ] \
  || die "there is no folder $file in backups/: copy the whole backup there first. Nothing was done."

# What the database holds sealed can only be opened by the key that sealed it.
keys() { sed -n "s/^$1=//p" | tail -n 1 | sed 's/ #.*//' | tr -d "\"' \r" | tr ',' '\n'; }   # remarks are no settings, the last word counts
same_key() {
  local theirs ours
  theirs=$(tar -xzOf "$file/config.tar.gz" ./.env.prod 2>/dev/null | keys ENCRYPTION_KEY) || true
  ours=$(keys ENCRYPTION_KEY <.env.prod; keys ENCRYPTION_KEYS_OLD <.env.prod)
  [ -z "$theirs" ] || grep -q -x -F "$theirs" <<<"$ours" \
    || die "the ENCRYPTION_KEY of this backup is another one than in .env.prod: put it there, or into ENCRYPTION_KEYS_OLD (tar -xzOf $file/config.tar.gz ./.env.prod shows it). Nothing was done."
}

in_place "The backup's own can be unpacked here: tar -xzf $file/config.tar.gz ./.env.prod ./certs   "
one_at_a_time
same_key
ran=$(compose ps -q backend)
prepared
compose up --detach db
# shellcheck disable=SC2046
healthy $(compose ps -q db) || die "the database is not healthy. Nothing was changed."
# However this ends, also by Ctrl-C: the backend goes on.
goes_on() { compose start backend || say "warning: the backend doesn't start: make prod-up"; }
[ -z "$ran" ] || { say "the backend stops; what devices send meanwhile waits at the broker"; trap goes_on EXIT; compose stop backend; }
once --entrypoint /bin/bash backup \
  /plantops/scripts/restore-database.sh "/backups/$(basename "$file")" ${2:+"$2"} >&2 || die "not restored."
compose up --detach
trap - EXIT
# shellcheck disable=SC2046
healthy $(compose ps -q) || die "restored, but not everything is healthy: make prod-status"
say "restored, and everything runs"
