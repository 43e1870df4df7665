#!/usr/bin/env bash
# The demo with a real Home Assistant beside it, into which the integration is unpacked as HACS would do it.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
hass=$(scripts/hass.sh)
scripts/setup.sh backend
scripts/frontend.sh card >/dev/null || say "the card is left out"   # without Node, as in the demo
step "The integration as HACS installs it" .venv/backend/bin/python scripts/release.py dist
exec scripts/demo.sh --hass "$hass" --release "$ROOT/dist/plantops.zip" "$@"
