#!/usr/bin/env bash
# Replace the backend by the one that the checkout holds now, without a pause: `git pull && make prod-update`.
#
# The new backend starts beside the old one (migrations only add, so that both can work with the database), and gets
# requests when it is healthy; then the old one is asked to stop, which lets nobody down. If the new one doesn't get
# healthy, it goes again and the old one never noticed. Everything else is only replaced where it changed.
#   BACKUP=no   without a backup first        MEMORY=no   however little memory is free
# shellcheck source=scripts/prod/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

NEEDED_MB=512                                  # the limit of a backend: for a while there are two
FOUND_SECONDS=${PLANTOPS_FOUND_SECONDS:-5}     # the frontend looks for backends every two seconds

enough_memory() {
  local free
  [ -r "${PLANTOPS_MEMINFO:-/proc/meminfo}" ] && [ "${MEMORY:-}" != no ] || return 0
  free=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' "${PLANTOPS_MEMINFO:-/proc/meminfo}")
  [ "${free:-0}" -ge "$NEEDED_MB" ] \
    || die "$free MB of memory are free, and a second backend may need $NEEDED_MB: stop something, or allow a pause: make prod-build prod-restart. Nothing was done."
}

# The broker and the database go on during an update, and know only the logins that they began with. What each side has
# is compared by SHA-256, taken where the values are: nothing secret comes out of a container.
LOGINS=(MQTT_BACKEND_USERNAME MQTT_BACKEND_PASSWORD POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB)
FINGERPRINTS='for name; do printf "%s " "$name"; eval "printf %s \"\$$name\"" | sha256sum; done'

told() { [ "$(grep -c -E '^[A-Z_]+ [0-9a-f]{64} ' <<<"$1")" = ${#LOGINS[@]} ]; }

same_logins() {
  local id name before now changed=""
  now=$(once --entrypoint /bin/sh backup -c "$FINGERPRINTS" sh "${LOGINS[@]}") && told "$now" \
    || die "the logins in .env.prod could not be looked at; Docker's words are above. Nothing was done."
  for id in $old; do
    before=$(docker exec "$id" sh -c "$FINGERPRINTS" sh "${LOGINS[@]}") && told "$before" \
      || die "the backend that runs doesn't tell which logins it has: make prod-build prod-restart replaces it with a pause. Nothing was done."
    for name in "${LOGINS[@]}"; do
      [ "$(grep "^$name " <<<"$before")" = "$(grep "^$name " <<<"$now")" ] || changed+="${changed:+, }$name"
    done
    [ -z "$changed" ] || die "not what the backend that runs has: $changed. An update cannot change that, since broker and database go on with what they began with. make prod-restart does; docs/operations.md, \"Changing a password\", tells what comes before it. Nothing was done."
  done
}

backends() { compose ps -q backend; }
fresh() { backends | grep -v -x -F "$old" || true; }

# Take everything back: the old backend has not noticed anything.
undo() {
  local id
  for id in $(fresh); do docker rm --force "$id" >/dev/null || say "warning: remove the container $id by hand"; done
  docker tag "$image_before" "$image" || say "warning: $image names the new image still"
  say "The update was taken back; the old backend goes on."
}

in_place
one_at_a_time
old=$(backends)
[ -n "$old" ] || die "no backend runs here: make prod-up starts everything. Nothing was done."
enough_memory
same_logins
database_before=$(compose ps -q db)
image=$(docker inspect --format '{{.Config.Image}}' "${old%%$'\n'*}")
image_before=$(docker inspect --format '{{.Image}}' "${old%%$'\n'*}")
trap undo EXIT
say "1/5 building and fetching"
compose build --quiet
compose pull --quiet --ignore-buildable
prepared
if [ "${BACKUP:-}" != no ]; then
  say "2/5 a backup, to be sure"
  compose exec -T backup /bin/bash /plantops/scripts/backup.sh once >&2 || die "the backup failed (BACKUP=no goes without)."
fi
say "3/5 the new backend starts"
compose up --detach --no-deps --no-build --no-recreate --scale "backend=$(($(wc -l <<<"$old") + 1))" backend
new=$(fresh)
[ -n "$new" ] || die "Docker started no new backend."
# shellcheck disable=SC2086
healthy $new || die "the new backend doesn't get healthy."
sleep "$FOUND_SECONDS"
# shellcheck disable=SC2086
healthy $new || die "the new backend didn't stay healthy."
trap - EXIT
say "4/5 the old one finishes and stops"
for id in $old; do
  docker stop "$id" >/dev/null && docker rm "$id" >/dev/null || say "warning: the old backend's container $id is still there: docker rm --force $id"
done
say "5/5 what else has changed"
compose up --detach --no-build --remove-orphans --scale backend=1 || die "the backend is new, but not everything else could be started; Docker's words are above."
# shellcheck disable=SC2046
healthy $(compose ps -q) || die "the backend is new, but not everything is healthy: make prod-status"
if [ "$(compose ps -q db)" != "$database_before" ]; then
  # First statement of its session, without anybody's settings, as TimescaleDB wants it.
  compose exec -T db sh -c 'psql -X -q -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "ALTER EXTENSION timescaledb UPDATE"' >&2 \
    || say "warning: TimescaleDB's extension in the database could not be brought to the new image's version"
fi
say "updated"
