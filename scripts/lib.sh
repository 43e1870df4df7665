# What the house's scripts share: where things are kept, how a step is shown, how two runs wait for each other.
# To be sourced; works with macOS's old bash (3.2) too. Standard output is for answers, standard error for people.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${PLANTOPS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp/home-of-$(id -u)}/.cache}/plantops}
UV_VERSION=0.13.9
mkdir -p "$CACHE/log"
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_NO_CONFIG=1
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

say() { printf '  %s\n' "$*" >&2; }
die() { printf 'plantops: %s\n' "$*" >&2; exit 1; }

# Milliseconds (whole seconds where bash is old).
now_ms() { local t=${EPOCHREALTIME:-$(date +%s).000000}; t=${t/[.,]/}; echo $((t / 1000)); }

# step LABEL COMMAND…: run COMMAND with its chatter in a log file; one line with the seconds it took.
# Returns COMMAND's status; a failure names the log and shows its end. COMMAND's standard output goes to the log as well.
step() {
  local label=$1 log began ms status=0; shift
  log="$CACHE/log/$(printf %s "$label" | tr -cs 'A-Za-z0-9.' - | tr '[:upper:]' '[:lower:]').log"
  began=$(now_ms)
  [ -n "${STEP_AT_END:-}" ] || printf '  %-56s' "$label …" >&2
  ( set -e; "$@" ) >"$log" 2>&1 </dev/null || status=$?
  ms=$(($(now_ms) - began))
  [ -z "${STEP_AT_END:-}" ] || printf '  %-56s' "$label …" >&2
  if [ "$status" = 0 ]; then printf '%4d.%d s\n' $((ms / 1000)) $((ms % 1000 / 100)) >&2; return 0; fi
  printf ' failed (%s s); details: %s\n' $((ms / 1000)) "$log" >&2
  [ -n "${STEP_MAY_FAIL:-}" ] || tail -n 5 "$log" | sed 's/^/    /' >&2
  return "$status"
}

# locked NAME COMMAND…: one at a time on this machine; the lock goes with the process, also when it is killed.
locked() {
  local name=$1 lock="$CACHE/$1.lock" owner; shift
  if command -v flock >/dev/null; then
    ( flock -n 9 || { say "waiting for another run that is preparing $name"; flock 9; }; "$@" ) 9>"$lock"
    return
  fi
  until ln -s "$$" "$lock.pid" 2>/dev/null; do   # macOS has no flock
    owner=$(readlink "$lock.pid" || true)
    kill -0 "${owner:-0}" 2>/dev/null || rm -f "$lock.pid"
    sleep 0.2
  done
  ( trap 'rm -f "$lock.pid"' EXIT; "$@" )
}
