#!/usr/bin/env bash
# Make the house's locked Python environments in this checkout, if they are not there or not up to date.
#
#   scripts/setup.sh backend          .venv/backend with what the backend and the virtual garden run on
#   scripts/setup.sh checks           the same environment with what checks and tests it
#   scripts/setup.sh homeassistant    .venv/homeassistant for the integration's tests
#   scripts/setup.sh homeassistant-live  .venv/homeassistant-live with a real Home Assistant (600 MB)
#   scripts/setup.sh firmware         .venv/firmware with ESPHome
#
# A stamp in the environment (a checksum of all inputs) makes a run that has nothing to do take a few milliseconds.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

room=${1:-backend}
pins=$room folder=$room
editable=()
case $room in
  backend|checks)
    folder=backend
    [ "$room" = backend ] || pins=backend-checks
    editable=(-e "$ROOT" -e "$ROOT/backend" -e "$ROOT/virtualgarden") ;;
  homeassistant|homeassistant-live|firmware) ;;
  *) die "usage: scripts/setup.sh [backend|checks|homeassistant|homeassistant-live|firmware]" ;;
esac
VENV="$ROOT/.venv/$folder"
STAMP="$VENV/.plantops" UNFINISHED="$VENV/.unfinished"

# What the environment depends on; the place too, because scripts and links in it hold absolute paths.
inputs() {
  local files; files=("requirements/$1.txt" scripts/setup.sh scripts/lib.sh)
  [ ${#editable[@]} = 0 ] || files=("${files[@]}" pyproject.toml backend/pyproject.toml virtualgarden/pyproject.toml)
  (cd "$ROOT" && { printf '%s\n' "$1" "$ROOT" "${PYTHON:-}"; cat "${files[@]}"; } | cksum)
}

fresh() { [ -x "$VENV/bin/python" ] && [ -f "$STAMP" ] && [ ! -f "$UNFINISHED" ] && [ "$(cat "$STAMP")" = "$1 $(inputs "$1")" ]; }

# The environment for checks serves the backend too, so it is never taken back to the smaller one.
settle_pins() { if [ "$room" = backend ] && grep -qs '^backend-checks ' "$STAMP"; then pins=backend-checks; fi; }

build() {
  local uv=$1 python=$2 there
  there=$("$VENV/bin/python" -c 'import sys; print(sys._base_executable)' 2>/dev/null || true)
  if [ "$there" != "$python" ] || [ -f "$UNFINISHED" ]; then "$uv" venv --clear --python "$python" "$VENV" || return; fi
  rm -f "$STAMP" && touch "$UNFINISHED" || return   # a run that is killed here leaves packages that only look whole
  "$uv" pip sync --require-hashes --compile-bytecode --python "$VENV/bin/python" "$ROOT/requirements/$pins.txt" || return
  # uv carries the build backend of these (uv_build) itself, so nothing more is downloaded
  [ ${#editable[@]} = 0 ] || "$uv" pip install --no-deps --offline --python "$VENV/bin/python" "${editable[@]}"
}

once() {
  local python uv
  settle_pins
  ! fresh "$pins" || return 0
  python=$("$ROOT/scripts/python.sh")
  uv=$("$ROOT/scripts/uv.sh" "$python")
  step "Python packages for $folder (requirements/$pins.txt)" build "$uv" "$python"
  printf '%s %s\n' "$pins" "$(inputs "$pins")" >"$STAMP.new"; mv "$STAMP.new" "$STAMP"; rm -f "$UNFINISHED"
}

settle_pins
if ! fresh "$pins"; then
  mkdir -p "$ROOT/.venv"
  locked "$ROOT/.venv/$folder" once
fi
