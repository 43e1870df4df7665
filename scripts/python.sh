#!/usr/bin/env bash
# Print the path of a Python >= 3.14.2 (< 3.15), getting one if need be. Everything else goes to standard error.
#
# Order: $PYTHON -> python3.14 or python3 on PATH -> one that an earlier run made or uv knows -> `uv python install` ->
# Debian's newer packages (forky, then sid) with their own C library in a private folder under the cache.
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

PREFIX="$CACHE/python3.14"
WANTED='>=3.14.2,<3.15'

# The real path of an interpreter that fits (not a shim, not a virtual environment's), nothing otherwise.
fitting() {
  [ -n "${1:-}" ] && "$1" -c 'import sys, ssl, sqlite3, lzma, bz2, ctypes
if not (3, 14, 2) <= sys.version_info < (3, 15): sys.exit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null
}

uv_knows() { fitting "$("$1" python find "$WANTED" 2>/dev/null || UV_PYTHON_INSTALL_DIR="$CACHE/uv-python" "$1" python find "$WANTED" 2>/dev/null)"; }

uv_install() {   # quick to fail: where its download host is out of reach, the next way is as good
  export UV_HTTP_RETRIES=0 UV_HTTP_CONNECT_TIMEOUT=5 UV_PYTHON_DOWNLOADS=manual UV_PYTHON_INSTALL_DIR="$CACHE/uv-python"
  "$1" python install --no-bin "$WANTED"
}

finish() {
  local multi file; multi=$(basename "$(debs_libraries "$1")")
  ln -sfn "../$multi" "$1/usr/include/python3.14/$multi" || return   # Debian's pyconfig.h includes <MULTIARCH/python3.14/pyconfig.h>
  for file in "$1"/usr/lib/python3.14/_sysconfigdata_*.py; do   # the wheels that `python -m venv` starts from
    [ -L "$file" ] || { sed "s#'/usr/share/python-wheels#'$2/usr/share/python-wheels#" "$file" >"$file.new" && mv "$file.new" "$file"; } || return
  done
}

unpack() {
  debs_prefix "$PREFIX" "$1" "python3.14 libstdc++6" "libpython3.14-dev python3.14-venv python3-pip-whl" "usr/bin/python3.14" finish runs
}
runs() { "$1/usr/bin/python3.14" -c 'import bz2, ctypes, lzma, readline, sqlite3, ssl, sys, zlib; print(sys.version)'; }

get_one() {
  local uv suite
  ! fitting "$PREFIX/usr/bin/python3.14" >/dev/null || return 0   # another run made it while this one waited
  if command -v uv python3 >/dev/null && uv=$(STEP_MAY_FAIL=1 "$ROOT/scripts/uv.sh"); then
    ! uv_knows "$uv" >/dev/null || return 0
    if STEP_MAY_FAIL=1 step "Python 3.14 by uv" uv_install "$uv"; then return 0; fi
  fi
  debs_possible || return
  for suite in forky sid; do
    if STEP_MAY_FAIL=1 step "Python 3.14 from Debian's $suite packages" unpack "$suite"; then return 0; fi
  done
}

there() {
  local path
  if [ -n "${PYTHON:-}" ]; then fitting "$PYTHON" || die "PYTHON=$PYTHON is not a Python $WANTED"; return; fi
  for path in "$(command -v python3.14 || true)" "$PREFIX/usr/bin/python3.14" "$(command -v python3 || true)"; do
    if fitting "$path"; then return; fi
  done
  [ -x "$CACHE/uv-$UV_VERSION/bin/uv" ] && uv_knows "$CACHE/uv-$UV_VERSION/bin/uv"
}

if there; then exit; fi
locked python get_one || true
there || die "no Python $WANTED could be had: install one or set PYTHON=/path/to/python3.14; details: $CACHE/log/"
