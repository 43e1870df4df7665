#!/usr/bin/env bash
# Start everything, or bring what runs to what the files say now: `make prod-up`, `make prod-restart`.
#   up.sh              build the images, look whether all is in place, start what doesn't run or has changed
#   up.sh --restart    the same without building, and what didn't change is started anew too
# shellcheck source=scripts/prod/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

in_place
one_at_a_time
how=()
case ${1:-} in
  "") judged; say "building the images (the first time takes minutes)"; compose build --quiet ;;
  --restart) how=(--force-recreate) ;;
  *) die "usage: up.sh [--restart]" ;;
esac
prepared
say "starting"
compose up --detach --remove-orphans ${how[@]+"${how[@]}"} || die "not everything could be started; Docker's words are above. make prod-logs shows more."
# shellcheck disable=SC2046
healthy $(compose ps -q) || die "not everything is healthy. make prod-status shows what runs, make prod-logs what it says."
port=$(compose port frontend 8080 2>/dev/null | sed -n '1s/.*://p') || true
say "PlantOps runs: http://localhost:${port:-80}, its API: http://localhost:8000/api/docs"
