#!/usr/bin/env bash
# Show what runs, how it feels, and how old the newest backup is: `make prod-status`.
# shellcheck source=scripts/prod/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

reachable
compose ps --all   # a table of our own takes Compose 2.21
newest=$(for sums in backups/plantops-*-*/SHA256SUMS; do [ ! -f "$sums" ] || dirname "$sums"; done | sort | sed -n '$p')
printf '\nnewest backup: %s\n' "${newest:-none}"
printf 'health: '
compose exec -T frontend wget -q -O - http://127.0.0.1:8000/api/health 2>/dev/null || printf 'the backend does not answer'
printf '\n'
