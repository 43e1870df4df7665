#!/usr/bin/env bash
# Print the path of a Docker Compose 2 (the program docker-compose), unpacking Debian's package under the cache if need
# be. The tests let it read our compose files, which needs no Docker engine. Everything else goes to standard error.
#
# Order: $PLANTOPS_COMPOSE -> the plugin of an installed Docker -> Debian's package (forky, then sid).
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

PREFIX="$CACHE/docker-compose"
PROGRAM=usr/libexec/docker/cli-plugins/docker-compose

is_compose() { [ -x "$1" ] && "$1" version --short 2>/dev/null | grep -q '^v\?[2-9]'; }
runs() { is_compose "$1/$PROGRAM"; }
unpack() { debs_prefix "$PREFIX" "$1" docker-compose "" "$PROGRAM" nothing_more runs; }

if [ -n "${PLANTOPS_COMPOSE:-}" ]; then
  is_compose "$PLANTOPS_COMPOSE" || die "PLANTOPS_COMPOSE=$PLANTOPS_COMPOSE is not a Docker Compose 2 that runs"
  echo "$PLANTOPS_COMPOSE"; exit
fi
for folder in "${HOME:-/}/.docker/cli-plugins" /usr/local/lib/docker/cli-plugins /usr/lib/docker/cli-plugins /usr/libexec/docker/cli-plugins; do
  if is_compose "$folder/docker-compose"; then echo "$folder/docker-compose"; exit; fi
done
if [ ! -x "$PREFIX/$PROGRAM" ]; then
  debs_possible || die "Docker Compose for the tests is unpacked from Debian's packages; this machine has no apt with a Debian mirror. Set PLANTOPS_COMPOSE"
  locked docker-compose debs_newest "$PREFIX" "$PROGRAM" "Docker Compose" || die "no Docker Compose could be had from Debian's packages; details: $CACHE/log/"
fi
echo "$PREFIX/$PROGRAM"
