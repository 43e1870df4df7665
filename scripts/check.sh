#!/usr/bin/env bash
# Everything that needs no running service, side by side: what failed is shown at the end. Changes no file.
# usage: scripts/check.sh [lint|format|types|hass|layers|rules|page …]   (all when none is named)
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
scripts/setup.sh checks
scripts/setup.sh homeassistant
BIN=.venv/backend/bin
OUT=$(mktemp -d); trap 'rm -rf "$OUT"' EXIT

lint() { "$BIN/ruff" check --no-fix; }
format() { "$BIN/ruff" format --check; }
types() { "$BIN/mypy" --exclude '^tests/integration/(?!house)' custom_components/plantops/lib/aioplantops backend/src virtualgarden/src tests; }
# What runs under Home Assistant is checked against Home Assistant's own packages.
hass() {
  "$BIN/mypy" --config-file tests/integration/mypy.ini --python-executable .venv/homeassistant/bin/python \
    custom_components/plantops tests/integration
}
layers() { "$BIN/lint-imports"; }
page() { scripts/frontend.sh check; }
rules() { "$BIN/python" -m pytest -q -p no:cacheprovider -p no:randomly tests/test_house_rules.py; }

# One check, its output kept, its line printed when it is done.
one() {
  local began status=0 ms; began=$(now_ms)
  "$1" >"$OUT/$1" 2>&1 </dev/null || status=$?
  ms=$(($(now_ms) - began)); echo "$status" >"$OUT/$1.status"
  printf '  %-8s %-7s %2d.%d s\n' "$1" "$([ "$status" = 0 ] && echo ok || echo FAILED)" $((ms / 1000)) $((ms % 1000 / 100))
}

[ $# -gt 0 ] || set -- hass types page lint format layers rules   # the slowest first
for check in "$@"; do one "$check" & done
wait

failed=0
for check in "$@"; do
  if [ "$(cat "$OUT/$check.status")" != 0 ]; then failed=1; printf '\n--- %s\n' "$check"; cat "$OUT/$check"; fi
done
exit "$failed"
