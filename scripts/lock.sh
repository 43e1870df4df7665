#!/usr/bin/env bash
# Write the locked requirements anew from requirements/*.in (exact versions with hashes). Usage: scripts/lock.sh [uv's
# options, such as --upgrade or --upgrade-package NAME]. Needs the package index; everything else works from the locks.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

uv=$("$ROOT/scripts/uv.sh" "$("$ROOT/scripts/python.sh")")
cd "$ROOT/requirements"
compile() {
  "$uv" pip compile --quiet --generate-hashes --universal --python-version 3.14.2 --no-header --no-emit-index-url \
    --override overrides.txt "$@"
}
for lock in uv node backend backend-checks homeassistant homeassistant-live firmware; do   # backend-checks is bound to backend
  step "Lock $lock" compile "$@" "$lock.in" -o "$lock.txt"
done
