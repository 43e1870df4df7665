# What the house's scripts share: where things are kept, how a step is shown, how two runs wait for each other.
# To be sourced; works with macOS's old bash (3.2) too. Standard output is for answers, standard error for people.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${PLANTOPS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp/home-of-$(id -u)}/.cache}/plantops}
UV_VERSION=0.13.9
mkdir -p "$CACHE/log"
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_NO_CONFIG=1
# The machine's own certificate authorities where it has some (a company's proxy may need its own); uv brings a set too.
if [ -f /etc/ssl/certs/ca-certificates.crt ] || [ "$(uname)" = Darwin ]; then export UV_SYSTEM_CERTS=1; fi
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

say() { printf '  %s\n' "$*" >&2; }
die() { printf 'plantops: %s\n' "$*" >&2; exit 1; }

# Milliseconds (whole seconds where bash is old).
now_ms() { local t=${EPOCHREALTIME:-$(date +%s).000000}; t=${t/[.,]/}; echo $((t / 1000)); }

# step LABEL COMMAND…: run COMMAND with all its chatter in a log file; people see one line with the seconds it took.
# A failure names the log and shows its end (with STEP_MAY_FAIL, where another way follows, it only names it).
# `set -e` does not hold inside functions that are called under `if` or `||`, so those that do steps join with `&&`.
step() {
  local label=$1 log began ms status=0; shift
  log="$CACHE/log/$(printf %s "$label" | tr -cs 'A-Za-z0-9.' - | tr '[:upper:]' '[:lower:]' | sed 's/-$//').log"
  began=$(now_ms)
  printf '  %-64s' "$label …" >&2
  ( "$@" ) 3>&2 >"$log" 2>&1 </dev/null || status=$?   # 3: the people, for a word in between
  ms=$(($(now_ms) - began))
  if [ "$status" = 0 ]; then printf '%4d.%d s\n' $((ms / 1000)) $((ms % 1000 / 100)) >&2; return 0; fi
  if [ -n "${STEP_MAY_FAIL:-}" ]; then printf ' not this way (%s)\n' "$log" >&2; return "$status"; fi
  printf ' failed after %d s; details: %s\n' $((ms / 1000)) "$log" >&2
  tail -n 5 "$log" | sed 's/^/    /' >&2
  return "$status"
}

# locked NAME COMMAND…: one at a time on this machine (NAME may be a path: one at a time there); the lock goes with the process, also when it is killed.
locked() {
  local lock_name lock_file owner
  lock_name=$(basename "$1"); case $1 in /*) lock_file="$1.lock" ;; *) lock_file="$CACHE/$1.lock" ;; esac; shift
  if command -v flock >/dev/null; then
    ( flock -n 9 || { say "waiting for another run that is preparing $lock_name"; flock 9; }; "$@" ) 9>"$lock_file"
    return
  fi
  until ln -s "$$" "$lock_file.pid" 2>/dev/null; do   # macOS has no flock
    owner=$(readlink "$lock_file.pid" || true)
    kill -0 "${owner:-0}" 2>/dev/null || rm -f "$lock_file.pid"
    sleep 0.2
  done
  ( trap 'rm -f "$lock_file.pid"' EXIT; "$@" )
}
