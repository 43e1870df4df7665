#!/usr/bin/env bash
# Run the parts of the test suite that are named, each in its environment, and close with one line over all of them.
# usage: scripts/test.sh [backend] [integration] [firmware] [frontend]   (PYTEST_ARGS="-k name -x" for pytest)
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
passed=0 failed=0 broken=()
KEPT=$(mktemp -d); trap 'rm -rf "$KEPT"' EXIT

suite() {
  local python=.venv/$1/bin/python; shift
  # shellcheck disable=SC2086
  $services "$python" -m pytest -q "$@" ${PYTEST_ARGS:-}
}
services=""   # or the command that names the real services in the environment

backend() { scripts/setup.sh checks && services=scripts/test-env.sh && suite backend tests --ignore=tests/integration --ignore=tests/firmware; }
integration() {
  # The backend runs as a process beside, in its own environment.
  scripts/setup.sh homeassistant && scripts/setup.sh backend && services=scripts/test-env.sh &&
    suite homeassistant -c tests/integration/pytest.ini tests/integration
}
firmware() { scripts/setup.sh firmware && scripts/setup.sh checks && suite backend tests/firmware; }
frontend() { scripts/frontend.sh test; }

# A number from pytest's closing line ("3 failed, 41 passed, 1 error in 2.1s").
count() { sed -n "s/.*[^0-9]\([0-9][0-9]*\) $2.*/\1/p; s/^\([0-9][0-9]*\) $2.*/\1/p" <<<"$1" | head -n 1 | grep . || echo 0; }

part() {
  local status=0 line
  printf '\n=== %s\n' "$1"
  "$1" 2>&1 </dev/null | tee "$KEPT/$1" || status=$?
  line=$(grep -E '^=*.*(passed|failed|error|no tests ran).* in [0-9.]+s' "$KEPT/$1" | tail -n 1 | tr -d '=' || true)
  passed=$((passed + $(count "$line" passed))); failed=$((failed + $(count "$line" failed) + $(count "$line" error)))
  [ "$status" = 0 ] || broken=(${broken[@]+"${broken[@]}"} "$1")
}

for name in "$@"; do part "$name"; done
printf '\n'
if [ ${#broken[@]} -gt 0 ]; then
  echo "not passed: ${broken[*]}"
  [ "$failed" -gt 0 ] || failed=1   # a part that broke before its first test has failed too
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
