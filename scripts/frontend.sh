#!/usr/bin/env bash
# Make the dashboard's environment (node_modules, and types from our own OpenAPI document), then do what is asked.
#
#   scripts/frontend.sh dist               build the page if something changed, and print its folder
#   scripts/frontend.sh card               build the card for Home Assistant if something changed, and print its file
#   scripts/frontend.sh setup              only what the others need
#   scripts/frontend.sh check|test|dev     lint and types; the tests of its parts; a server that follows changes
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

what=${1:-dist}; [ $# = 0 ] || shift
cd "$ROOT/frontend"
node=$("$ROOT/scripts/node.sh")
export PATH="$node:$PATH" npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
# Node brings authorities of its own; a company's proxy may need the machine's (see lib.sh, which says the same to uv).
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -f "$authorities" ]; then export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$authorities}; fi
STAMP=node_modules/.plantops

inputs() { { "$node/node" --version; cat package.json package-lock.json; } | cksum; }
# What builds it is a small part of what checks it.
packages() { rm -f "$STAMP"; npm ci --no-progress $1 && echo "$2 $(inputs)" >"$STAMP"; }
once() {
  local there; there=$(cat "$STAMP" 2>/dev/null)
  [ "$there" = "all $(inputs)" ] || [ "$there" = "$1 $(inputs)" ] && return
  if [ "$1" = all ]; then step "Packages that check the dashboard" packages "" all; else step "Packages that build the dashboard" packages --omit=dev build; fi
}

# Named by what it was made from; an unfinished one has no name.
sources() { cat package-lock.json vite.config.ts index.html $(find src public -type f ! -path 'src/generated/*' | LC_ALL=C sort) | cksum; }
built() { [ -f dist/index.html ] && [ "$(cat node_modules/.dist 2>/dev/null)" = "$(sources)" ]; }
build() { rm -rf dist && npm run --silent build && sources >node_modules/.dist; }
dist() { built || step "The dashboard" build; }

# The card lies where the integration serves it from; an old one never stays when the new one can't be built.
CARD="$ROOT/custom_components/plantops/frontend/plantops-card.js"
card_sources() { cat package-lock.json vite.card.config.ts $(find src -type f ! -path 'src/generated/*' | LC_ALL=C sort) | cksum; }
card_built() { [ -f "$CARD" ] && [ "$(cat node_modules/.card.made 2>/dev/null)" = "$(card_sources)" ]; }
build_card() {
  rm -f "$CARD" && npm run --silent build:card && mkdir -p "$(dirname "$CARD")" &&
    mv node_modules/.card/plantops-card.js "$CARD" && card_sources >node_modules/.card.made
}
card() { card_built || step "The card for Home Assistant" build_card; }

# The types are written anew only when the document has changed: TypeScript need not look at everything again.
types() {
  "$ROOT/scripts/setup.sh" backend
  "$ROOT/.venv/backend/bin/python" -m plantops.api.reference openapi >openapi.json.new
  if cmp -s openapi.json.new openapi.json && [ -f src/generated/api.d.ts ]; then rm openapi.json.new; return; fi
  mkdir -p src/generated && mv openapi.json.new openapi.json && npm run --silent types >/dev/null 2>"$CACHE/log/types.log" \
    || { cat "$CACHE/log/types.log" >&2; rm -f openapi.json; return 1; }
}

# The closing line is written as pytest writes its own: scripts/test.sh counts over all parts.
tests() {
  local status=0 report; report=$(mktemp)
  npm run --silent test -- --reporter=dot --reporter=json --outputFile.json="$report" "$@" || status=$?
  "$node/node" -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1])); const failed = r.numFailedTests + r.numFailedTestSuites * !r.numFailedTests
    console.log(`${r.numPassedTests} passed, ${failed} failed in ${((Date.now() - r.startTime) / 1000).toFixed(2)}s`)' "$report" || status=1
  rm -f "$report"; return "$status"
}
everything() { locked "$ROOT/frontend/.setup" once all && locked "$ROOT/frontend/.setup" types; }
case $what in
  dist) { built || { locked "$ROOT/frontend/.setup" once build && locked "$ROOT/frontend/.setup" dist; }; } >&2 && echo "$ROOT/frontend/dist" ;;
  card) { card_built || { locked "$ROOT/frontend/.setup" once build && locked "$ROOT/frontend/.setup" card; }; } >&2 && echo "$CARD" ;;
  setup) everything ;;
  check) everything && exec npm run --silent check ;;
  test) everything && tests "$@" ;;
  dev) everything && exec npx vite "$@" ;;
  *) die "usage: scripts/frontend.sh dist|card|setup|check|test|dev" ;;
esac
