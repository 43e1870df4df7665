#!/usr/bin/env bash
# Put the database of a backup in the place of the present one. Runs where psql and pg_restore fit the server: in the
# database's image; `make prod-restore` (restore.sh) calls it there, with the backends stopped.
#
#   restore-database.sh FOLDER [--over-data]
#
# Everything is loaded into a database beside the present one and counted there; only then the two change places. So
# whatever goes wrong before, nothing has changed. A database that held something is kept under another name.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=scripts/prod/lib.sh
. "$here/lib.sh"

[ $# -gt 0 ] || die "usage: restore-database.sh FOLDER [--over-data]"
backup=${1%/} over=${2:-}
backup=${backup%/database.dump}
manifest=$backup/manifest

whole() {
  [ -f "$backup/SHA256SUMS" ] && [ -f "$manifest" ] && [ -f "$backup/database.dump" ] \
    || die "$backup is no backup that was finished (it lacks SHA256SUMS, manifest or database.dump). Nothing was changed."
  local words wrong name
  for name in database.dump manifest; do
    grep -q -E "^[0-9a-f]{64} [ *]$name\$" "$backup/SHA256SUMS" || die "$backup is damaged: its SHA256SUMS is not whole. Nothing was changed; take another backup."
  done
  words=$(cd "$backup" && sha256sum -c SHA256SUMS 2>&1) && return
  wrong=$(sed -n 's/: FAILED.*//p' <<<"$words" | tr '\n' ' ')
  die "$backup is damaged: not as it was written: ${wrong% }. Nothing was changed; take another backup."
}

known() {
  [ "$(noted "$manifest" format)" = 1 ] || die "$backup was made by another PlantOps, in a form that this one doesn't know. Nothing was changed."
}

# The server must be able to hold what was in the other one.
fitting() {
  local made=$1 here_now offers
  here_now=$(sql postgres -c "SELECT split_part(current_setting('server_version'), ' ', 1)")
  [ "${here_now%%.*}" -ge "${made%%.*}" ] \
    || die "the backup comes from PostgreSQL $made, and this server is $here_now, which is older: start PostgreSQL ${made%%.*} or newer. Nothing was changed."
  [ "$timescale" != none ] || return 0
  offers=$(sql postgres -c "SELECT string_agg(version, ' ') FROM pg_available_extension_versions WHERE name = 'timescaledb'")
  [ "$(sql postgres -c "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")" = t ] \
    || die "a database with TimescaleDB is restored by a superuser, and $PGUSER is none (in PlantOps' own image it is). Nothing was changed."
  [ -n "$offers" ] || die "the backup holds TimescaleDB $timescale, and this server has none: start one with it. Nothing was changed."
  case " $offers " in *" $timescale "*) ;; *)
    die "the backup holds TimescaleDB $timescale, and this server offers only $offers: start the image with TimescaleDB $timescale, restore, and update afterwards. Nothing was changed." ;;
  esac
}

# yes: there are plants, devices, readings or tokens; no: nobody has used it yet; none: there is no such database.
holds_data() {
  [ "$(sql postgres -v name="$PGDATABASE" <<<"SELECT count(*) FROM pg_database WHERE datname = :'name'")" = 1 ] || { echo none; return; }
  local found
  found=$(sql "$PGDATABASE" -c "SELECT string_agg(format('EXISTS (SELECT FROM %I)', tablename), ' OR ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename IN ('device', 'plant', 'telemetry', 'telemetry_daily', 'token', 'broker_account', 'registration_key')")
  [ -n "$found" ] || { echo no; return; }
  sql "$PGDATABASE" -c "SELECT CASE WHEN $found THEN 'yes' ELSE 'no' END"
}

nobody_uses_it() {
  local sessions
  sessions=$(sql postgres -v name="$PGDATABASE" <<<"SELECT string_agg(DISTINCT application_name, ', ') FROM pg_stat_activity
    WHERE datname = :'name' AND application_name LIKE 'plantops%'")
  [ -z "$sessions" ] || die "a backend works with this database ($sessions): stop it first (make prod-restore does). Nothing was changed."
}

load() {
  sql postgres -v new="$new" <<<'DROP DATABASE IF EXISTS :"new" WITH (FORCE)'
  sql postgres -v new="$new" <<<'CREATE DATABASE :"new" TEMPLATE template0 ENCODING '"'UTF8'"
  trap 'dropped' EXIT
  local entries=$work/entries
  pg_restore --list "$backup/database.dump" >"$entries.all" || die "the dump cannot be read. Nothing was changed."
  if [ "$timescale" != none ]; then
    # First statement of a new session, before anything loads another version.
    sql "$new" -v version="$timescale" <<<'CREATE EXTENSION timescaledb VERSION :"version"'
    sql "$new" -c "SELECT timescaledb_pre_restore()" >/dev/null
  fi
  grep -v -E ' EXTENSION - timescaledb| COMMENT - EXTENSION ' "$entries.all" >"$entries"
  pg_restore --exit-on-error --no-owner --no-privileges --use-list="$entries" --dbname="$new" "$backup/database.dump" \
    || die "the database did not take everything. Nothing was changed."
  if [ "$timescale" != none ]; then
    sql "$new" -c "SELECT timescaledb_post_restore()" >/dev/null
    sql "$new" -c "ALTER EXTENSION timescaledb UPDATE"   # to the version that this server prefers; again first in its session
  fi
  sql "$new" -c "ANALYZE"
}

# The broker knows an account's password by the account's version alone, and may have another one of that version.
accounts_anew() {
  [ "$(sql "$new" -c "SELECT to_regclass('public.broker_account') IS NOT NULL")" = t ] || return 0
  sql "$new" -c "UPDATE broker_account SET version = greatest(version + 1, extract(epoch FROM now())::integer / 60)"
}

# Every table has as many rows as the manifest says.
counted() {
  local different
  sql "$new" <<<"SELECT format('SELECT %L || count(*) FROM %I.%I', 'rows.' || tablename || '=', schemaname, tablename)
    FROM pg_tables WHERE schemaname = 'public' \gexec" | sort >"$work/rows"
  grep '^rows\.' "$manifest" | sort >"$work/wanted"
  ! cmp -s "$work/wanted" "$work/rows" || return 0
  different=$({ grep -v -x -F -f "$work/rows" "$work/wanted" || true; grep -v -x -F -f "$work/wanted" "$work/rows" || true; } | sed 's/^rows\.//' | tr '\n' ' ')
  die "not all rows came back; first what was backed up, then what is there: ${different% }. Nothing was changed."
}

closed=""
let_in() { [ -z "$closed" ] || sql postgres -v old="$PGDATABASE" <<<'ALTER DATABASE :"old" ALLOW_CONNECTIONS true' || say "warning: the database $PGDATABASE lets nobody in: ALTER DATABASE \"$PGDATABASE\" ALLOW_CONNECTIONS true;"; }

dropped() {   # whatever became of it: TimescaleDB's jobs stay off only in a database that nobody keeps
  rm -rf "$work"
  let_in
  sql postgres -v new="$new" <<<'DROP DATABASE IF EXISTS :"new" WITH (FORCE)' || say "warning: the database $new is left over"
}

# The present database goes out of the way, the new one takes its place.
change_places() {
  if [ "$before" != none ]; then
    closed=yes
    sql postgres -v old="$PGDATABASE" <<<'ALTER DATABASE :"old" ALLOW_CONNECTIONS false'
  fi
  local tries=20
  until sql postgres -v old="$PGDATABASE" -v new="$new" -v kept="$kept" -v before="$before" -f "$here/change-places.sql" 2>"$work/words"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || die "somebody does not let go of the database: $(tail -n 1 "$work/words"). Nothing was changed."
    sleep 0.5
  done
}

whole
known
database
timescale=$(noted "$manifest" timescaledb)
new=${PGDATABASE}_restoring kept=${PGDATABASE}_before_$(date -u +%Y%m%d_%H%M%S)
alone "$(dirname "$backup")/.lock" "A backup or another restore is running."
sql postgres -c "SELECT" || die "the database at $PGHOST does not answer. Nothing was changed."
fitting "$(noted "$manifest" postgresql)"
nobody_uses_it
before=$(holds_data)
[ "$before" != yes ] || [ "$over" = --over-data ] \
  || die "the database $PGDATABASE holds data. Nothing was changed. To put the backup in its place: make prod-restore FILE=… OVER_DATA=yes (what is there now is kept under another name)."
work=$(mktemp -d)
load
counted
accounts_anew
change_places
closed=""
trap 'rm -rf "$work"' EXIT
say "restored: $(noted "$manifest" rows.telemetry) readings of $(noted "$manifest" rows.device) devices, as of $(noted "$manifest" made_at); every table has as many rows as it had."
[ "$before" != yes ] || say "What was there before is the database \"$kept\" now, and lets nobody in, so that nothing works in it. To look into it: ALTER DATABASE \"$kept\" ALLOW_CONNECTIONS true; When all is well: DROP DATABASE \"$kept\" WITH (FORCE);"
