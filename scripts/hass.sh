#!/usr/bin/env bash
# Print the path of a Home Assistant 2026.11 (its program `hass`), making its locked environment if need be (1 GB; seconds
# where uv's cache holds it). It never asks a package index while it runs. Everything else goes to standard error.
#
# Order: $PLANTOPS_HASS -> .venv/homeassistant-live
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ -n "${PLANTOPS_HASS:-}" ]; then
  "$PLANTOPS_HASS" --version >/dev/null 2>&1 || die "PLANTOPS_HASS=$PLANTOPS_HASS is no Home Assistant that runs"
  echo "$PLANTOPS_HASS"; exit
fi
"$ROOT/scripts/setup.sh" homeassistant-live
echo "$ROOT/.venv/homeassistant-live/bin/hass"
