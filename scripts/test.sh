#!/usr/bin/env bash
# Run the parts of the test suite that are named, each in its environment, and close with one line over all of them.
# Several parts run side by side, each line of theirs behind the part's name; those joined by a comma follow one another.
# usage: scripts/test.sh [backend] [integration] [firmware] [frontend] [browser] [live]   (PYTEST_ARGS="-k name -x" for pytest)
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
KEPT=$(mktemp -d) MEMORY=""
trap 'rm -rf "$KEPT" ${MEMORY:+"$MEMORY"}' EXIT

suite() {
  local environment=$1 status=0; shift
  go "$@" || status=$?
  if [ "$status" != 1 ] || ! few_broke; then return "$status"; fi
  echo "$AGAIN these broke, and are run once more by themselves:"; broke
  [ "$environment" != homeassistant ] || set -- "$@" --cov-append
  go "$@" --last-failed --last-failed-no-failures none || return
  broke >"$KEPT/$PART.unsteady"
}
go() {
  # shellcheck disable=SC2086
  $services ".venv/$environment/bin/python" -m pytest -q -o cache_dir="$KEPT/$PART.cache" "$@" ${PYTEST_ARGS:-}
}
services=""   # or the command that names the real services in the environment

# Thousands of tests start browsers, brokers and databases on a machine that others use too. A test that breaks goes a second
# time (docs/decisions/0036), and is told of at the end also if it passes then; more than a few, or a person who looks, have no second go.
AGAIN="second go:"
FEW=3
broke() { sed -n 's/^  "\(.*\)": true,\{0,1\}$/  \1/p' "$KEPT/$PART.broke"; }
few_broke() {
  [ -z "${PYTEST_ARGS:-}" ] && cp "$KEPT/$PART.cache/v/cache/lastfailed" "$KEPT/$PART.broke" 2>/dev/null || return
  local number; number=$(broke | wc -l)
  [ "$number" -gt 0 ] && [ "$number" -le "$FEW" ]
}

# Most tests wait most of the time: three processes for two cores. Each has servers of its own and takes whole files,
# so that what a file shares is made once.
crowd() {
  local cores; cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
  cores=$(((cores * 3 + 1) / 2))
  echo "${PLANTOPS_TEST_PROCESSES:-$((cores > 8 ? 8 : cores))}"
}

# Hundreds of databases are made and dropped. Where there is plenty of memory they lie there: on a disk each costs
# five times as much, most of it the making and removing of some hundred files.
in_memory() {
  local free; free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
  local available; available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
  [ "${free:-0}" -gt 4000000 ] && [ "${available:-0}" -gt 8000000 ] || return 0
  find /dev/shm -maxdepth 1 -name 'plantops-??????' -user "$(id -u)" -mmin +300 -exec rm -rf {} + || true   # of runs that were killed
  MEMORY=$(mktemp -d /dev/shm/plantops-XXXXXX) && chmod 711 "$MEMORY"
  printf '#!/bin/sh\nexit 0\n' >"$MEMORY/program" && chmod +x "$MEMORY/program"
  "$MEMORY/program" 2>/dev/null || { rm -rf "$MEMORY"; MEMORY=""; }   # some tests write programs and run them
}

backend() {
  scripts/setup.sh checks && services=scripts/test-env.sh &&
    TMPDIR=${MEMORY:-${TMPDIR:-/tmp}} suite backend -n "$(crowd)" --dist loadfile --no-loadscope-reorder \
      tests --ignore=tests/integration --ignore=tests/firmware --ignore=tests/frontend --ignore=tests/live
}
# Every line and branch of the flows: nobody sees a form again that once went wrong.
flow_is_covered() {
  .venv/homeassistant/bin/python -m coverage report --rcfile tests/integration/coverage.ini \
    --include '*_flow.py' --fail-under 100
}
integration() {
  # The backend runs as a process beside, in its own environment.
  scripts/setup.sh homeassistant && scripts/setup.sh checks && services=scripts/test-env.sh &&
    TMPDIR=${MEMORY:-${TMPDIR:-/tmp}} suite homeassistant -c tests/integration/pytest.ini tests/integration ${PYTEST_ARGS:+--no-cov} &&
    { [ -n "${PYTEST_ARGS:-}" ] || flow_is_covered; }
}
firmware() {
  # It compiles, for which nobody waits; the others' servers do not like to.
  scripts/setup.sh firmware && scripts/setup.sh checks && services="nice scripts/test-env.sh" && suite backend tests/firmware
}
frontend() { scripts/setup.sh checks && scripts/frontend.sh test; }
# The dashboard in a real browser, against a real demo.
browser() { scripts/setup.sh checks && scripts/frontend.sh setup && services=scripts/test-env.sh && suite backend tests/frontend; }
# A real Home Assistant with the release's zip, in a real browser.
live() {
  scripts/setup.sh checks && scripts/frontend.sh setup && PLANTOPS_HASS=$(scripts/hass.sh) && export PLANTOPS_HASS &&
    services=scripts/test-env.sh && suite backend tests/live
}

# A number from pytest's closing line ("3 failed, 41 passed, 1 error in 2.1s").
count() { sed -n "s/.*[^0-9]\([0-9][0-9]*\) $2.*/\1/p; s/^\([0-9][0-9]*\) $2.*/\1/p" <<<"$1" | head -n 1 | grep . || echo 0; }

closing() { grep -E '^=*.*(passed|failed|error|no tests ran).* in [0-9.]+s' | tail -n 1 | tr -d '=' | sed 's/^ *//; s/ *$//' || true; }
first() { sed "/^$AGAIN/,\$d" "$KEPT/$1" | closing; }
second() { sed "1,/^$AGAIN/d" "$KEPT/$1" | closing; }   # of a part that had one; else nothing

# What went wrong, told once more at the end: who sees only the last screen of a long run shall know where to look.
complaints() { grep -E '^(FAILED|ERROR|E  )' "$KEPT/$1" | cut -c 1-300 | tail -n 15 || true; }

# Ctrl-C reaches all of a part; what passes its words on stays until the tests have ended and taken their servers down.
part() {
  local status=0 PART=$1
  "$1" 2>&1 </dev/null | (trap '' INT; exec tee "$KEPT/$1") || status=$?
  echo "$status" >"$KEPT/$1.status"
}

# A line of dots that takes long is shown as far as it has come (macOS's old bash would lose it instead).
[ "${BASH_VERSINFO[0]}" -lt 4 ] && wait_for="" || wait_for="-t 10"
beside() {
  part "$1" | (
    trap '' INT
    status=0
    while [ "$status" = 0 ] || [ "$status" -gt 128 ]; do   # 0: a line has come; above 128: its time was over; else the end
      # shellcheck disable=SC2086
      status=0; IFS= read -r $wait_for line || status=$?
      if [ "$status" = 0 ] || [ -n "$line" ]; then printf '%-11s | %s\n' "$1" "$line"; fi
    done
  )
}

stop() { for job in "${jobs[@]}"; do kill -INT -- "-$job" 2>/dev/null || true; done; }

# With more than four at a time on two cores, each waits for all.
lane() { for name in ${1//,/ }; do beside "$name"; done; }

all_beside() {
  jobs=()
  set -m   # each lane in a process group of its own, which hears signals as usual
  for lane in "$@"; do (trap 'exit 130' INT TERM; lane "$lane") & jobs=(${jobs[@]+"${jobs[@]}"} $!); done
  trap stop INT TERM
  for job in "${jobs[@]}"; do while kill -0 "$job" 2>/dev/null; do wait "$job" || true; done; done
  trap - INT TERM
  set +m
}

in_memory
case "$*" in *[\ ,]*) all_beside "$@" ;; *) part "$1" ;; esac

printf '\n'
passed=0 failed=0 broken=()
for name in ${*//,/ }; do
  line=$(first "$name") again=$(second "$name")
  passed=$((passed + $(count "$line" passed) + $(count "$again" passed)))
  last=${again:-$line}
  failed=$((failed + $(count "$last" failed) + $(count "$last" error)))
  [ "$(cat "$KEPT/$name.status" 2>/dev/null)" = 0 ] || broken=(${broken[@]+"${broken[@]}"} "$name")
  printf '%-11s   %s\n' "$name" "${line:-ended before its first test}${again:+; $AGAIN $again}"
done
for name in ${*//,/ }; do
  [ -f "$KEPT/$name.unsteady" ] || continue
  complaints "$name"; echo "unsteady, passed at the second go only (a bug of the test or of ours):"; cat "$KEPT/$name.unsteady"
done
for name in ${broken[@]+"${broken[@]}"}; do complaints "$name"; done
if [ ${#broken[@]} -gt 0 ]; then
  echo "not passed: ${broken[*]}"
  [ "$failed" -gt 0 ] || failed=1   # a part that broke before its first test has failed too
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
