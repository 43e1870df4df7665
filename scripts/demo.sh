#!/usr/bin/env bash
# Set up what the demo needs, then become it (so that Ctrl-C reaches it and nothing else).
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
scripts/setup.sh backend
PLANTOPS_MOSQUITTO=$(scripts/mosquitto.sh)
export PLANTOPS_MOSQUITTO
exec .venv/backend/bin/python -m plantops demo "$@"
