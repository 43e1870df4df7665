#!/usr/bin/env bash
# Print the path of the pinned uv: the one on PATH if it is exactly that version, else one of our own from PyPI (checked
# by hash) in a virtual environment under the cache. Usage: scripts/uv.sh [PYTHON that can make the environment]
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HOME_OF_UV="$CACHE/uv-$UV_VERSION"

make_it() {
  local new="$HOME_OF_UV.new"
  rm -rf "$new" && "$1" -m venv --without-pip "$new" && with_pip "$1" "$new" && "$new/bin/uv" --version \
    && rm -rf "$HOME_OF_UV" && mv "$new" "$HOME_OF_UV"
}

# The Python's own pip if it has one (Debian's often has none), else one made in the new environment.
with_pip() {
  local options=(install -q --no-input --disable-pip-version-check --require-hashes --only-binary :all: -r "$ROOT/requirements/uv.txt")
  export PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0
  "$1" -m pip --python "$2/bin/python" "${options[@]}" \
    || { "$2/bin/python" -m ensurepip && "$2/bin/python" -m pip "${options[@]}"; }
}

once() { [ -x "$HOME_OF_UV/bin/uv" ] || step "uv $UV_VERSION" make_it "$1"; }

if found=$(command -v uv) && [ "$("$found" --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ]; then echo "$found"; exit; fi
if [ ! -x "$HOME_OF_UV/bin/uv" ]; then
  python=${1:-$(command -v python3 || true)}
  [ -n "$python" ] || die "uv is not here and there is no python3 to get it with"
  locked "uv-$UV_VERSION" once "$python"
fi
echo "$HOME_OF_UV/bin/uv"
