#!/usr/bin/env bash
# Set up what the demo needs, then become it (so that Ctrl-C reaches it and nothing else).
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
scripts/setup.sh backend
# Without Node, or the way to its packages, everything but the dashboard is shown.
if [ -z "${DASHBOARD:-}" ] && DASHBOARD=$(scripts/frontend.sh dist); then export DASHBOARD; else say "the dashboard is left out"; fi
PLANTOPS_MOSQUITTO=$(scripts/mosquitto.sh)
export PLANTOPS_MOSQUITTO
# Ctrl-C reaches make and the demo alike; should make alone be killed, the demo ends too where setpriv is to be had.
with_make=()
if [ -n "${MAKELEVEL:-}" ] && setpriv --pdeathsig INT true 2>/dev/null; then with_make=(setpriv --pdeathsig INT); fi
exec ${with_make[@]+"${with_make[@]}"} .venv/backend/bin/python -m plantops demo "$@"
