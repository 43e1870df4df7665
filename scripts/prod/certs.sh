#!/usr/bin/env bash
# Make (make [--force]), renew or show the certificates in certs/; on a bare machine, set up what that needs first.
# Names and addresses: this machine's, and those of PLANTOPS_HOSTNAMES and PUBLIC_HOST (environment, else .env.prod).
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

[ $# -gt 0 ] || die "usage: scripts/prod/certs.sh make [--force] | renew | show"
cd "$ROOT"
scripts/setup.sh backend
words=(--folder certs)
if [ "$1" != show ]; then
  words=("${words[@]}" --firmware firmware/certs)
  [ ! -f .env.prod ] || words=("${words[@]}" --env-file .env.prod)
else
  words=("${words[@]}" --own)
fi
locked certificates .venv/backend/bin/python -m plantops certs "$@" "${words[@]}"
