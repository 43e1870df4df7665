# What the scripts share that run on the host, beside docker-compose.prod.yml. To be sourced.
# shellcheck shell=bash
# shellcheck source=scripts/prod/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "${PLANTOPS_CHECKOUT:-$(dirname "${BASH_SOURCE[0]}")/../..}"
HEALTHY_SECONDS=${PLANTOPS_HEALTHY_SECONDS:-300}
LOOK_SECONDS=${PLANTOPS_LOOK_SECONDS:-1}

one_at_a_time() { alone .prod.lock "Another start, update or restore is under way here."; }

# found [FILE…]: whether all that is needed is there; if not, say everything that is missing, and how to get it.
found() {
  local file missing=""
  docker compose version >/dev/null 2>&1 \
    || die "Docker with its Compose plugin (docker compose version) is not here. Nothing was done."
  docker version --format '{{.Server.Version}}' >/dev/null \
    || die "Docker doesn't answer; its words are above. Does it run (sudo systemctl start docker), and may you use it (sudo usermod -aG docker \$USER, then log in anew)? Nothing was done."
  if [ ! -f .env.prod ]; then
    say "missing: .env.prod. Make it with: cp .env.prod.example .env.prod && chmod 600 .env.prod   (then fill in what it asks for)"; missing=yes
  fi
  for file in "$@"; do
    [ -f "$file" ] || { say "missing: $file. Make it with: make certs"; missing=yes; }
  done
  [ -z "$missing" ]
}
accepted() { compose config --quiet || die "Compose doesn't accept the settings; its words are above. Nothing was done."; }

# What is needed to ask anything about the stack.
reachable() { found || die "Nothing was done."; accepted; }

# What is needed before anything is started or stopped; more words for whom it is missing.
in_place() {
  found certs/ca.crt certs/server.crt certs/server.key || die "${1:-}Nothing was done."
  accepted
  [ -d backups ] || mkdir -m 700 backups   # Docker would make it, for root
}

# Where there is an environment, weak settings are named at once; where there is none, `prepare` does when it is built.
# One that cannot judge (made for an older checkout) is no reason to stop.
judged() {
  local plantops=.venv/backend/bin/plantops said
  [ -x "$plantops" ] || return 0
  said=$("$plantops" check-settings --file .env.prod 2>&1 </dev/null) || case $said in
    *".env.prod is not ready for production:"*)
      say "$said"; die "Mend .env.prod (compare .env.prod.example), then start again. Nothing was built, started or stopped." ;;
  esac
}

# once SERVICE [WORDS…]: let a service do one thing in a container of its own, say what that says, and end as it ended.
# How it ended is asked of the engine: Podman's lets `compose run --rm` end well whatever happened in the container.
once() (
  id=$(compose run --detach --no-deps -T "$@") || exit 1
  id=${id##*$'\n'}
  [ -n "$id" ] || exit 1
  trap 'docker stop "$id" >/dev/null; docker rm --force "$id" >/dev/null' EXIT   # interrupted: it must not go on unseen
  docker logs --follow "$id" || true
  docker wait "$id" >/dev/null || exit 1
  ended=$(docker inspect --format 'ended {{.State.Status}} {{.State.ExitCode}}' "$id") || exit 1
  trap - EXIT
  docker rm "$id" >/dev/null || say "warning: a container is left over: docker rm $id"
  [ "$ended" = "ended exited 0" ]
)

# Let the one-shot service look at settings and certificates; its words are for people.
prepared() {
  once prepare >&2 || die "What is missing or weak stands above. Nothing was started or stopped; mend it and try again."
}

service_of() { docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}}' "$1"; }

# fine ID: 0 it is healthy (or runs, without a health check), 1 not yet, 2 it will not be.
fine() {
  local status health restarts
  read -r status health restarts < <(docker inspect \
    --format '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}' "$1") || return 2
  case "$status $health" in
    "running healthy" | "running none") return 0 ;;
    "running unhealthy" | exited* | dead* | removing*) return 2 ;;
  esac
  [ "$restarts" -lt 3 ] || return 2
  return 1
}

# healthy ID…: wait until all are; else say which one is not, with its last words.
healthy() {
  local id state began=$SECONDS
  for id in "$@"; do
    while state=0; fine "$id" || state=$?; [ "$state" != 0 ]; do
      if [ "$state" = 2 ] || [ $((SECONDS - began)) -ge "$HEALTHY_SECONDS" ]; then
        say "--- the last words of $(service_of "$id"), which is not healthy:"
        docker logs --tail 20 "$id" >&2 || true
        return 1
      fi
      sleep "$LOOK_SECONDS"
    done
  done
}
