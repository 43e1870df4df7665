#!/usr/bin/env bash
# What one question to Compose does, once it is sure that Compose can answer:
#   stack.sh down              stop everything; data stays in its volumes
#   stack.sh logs [SERVICE]    follow the logs of all services, or of one
#   stack.sh build             build the images, without starting anything
#   stack.sh backup            make a backup into backups/ now
# shellcheck source=scripts/prod/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

case ${1:-} in
  down | logs | build | backup) ;;
  *) die "usage: stack.sh down | logs [SERVICE] | build | backup" ;;
esac
reachable
case $1 in
  down) compose down ;;
  logs) compose logs --follow --tail 200 "${@:2}" ;;
  build) compose build ;;
  backup)
    [ -n "$(compose ps -q backup)" ] || die "the service backup does not run: make prod-up starts everything. Nothing was backed up."
    compose exec -T backup /bin/bash /plantops/scripts/backup.sh once ;;
esac
