#!/usr/bin/env bash
# Print the path of an nginx that the stack's configuration needs (1.29.7 or newer), unpacking Debian's packages under
# the cache if need be. For tests. Everything else goes to standard error.
#
# 1.27.3 is the first that looks up an upstream's names again while it runs; 1.29.7 keeps connections to upstreams open
# by default, and is the first that can be told not to.
#
# Order: $PLANTOPS_NGINX -> a new enough one on PATH -> Debian's packages (forky, then sid).
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

PREFIX="$CACHE/nginx"

new_enough() {
  local major minor patch
  IFS=. read -r major minor patch < <("$1" -v 2>&1 | sed -n 's#^nginx version: nginx/\([0-9.]*\).*#\1#p') || return
  [ "$((major * 1000000 + ${minor:-0} * 1000 + ${patch:-0}))" -ge 1029007 ]
}

runs() { new_enough "$1/usr/sbin/nginx"; }
unpack() { debs_prefix "$PREFIX" "$1" nginx "" usr/sbin/nginx nothing_more runs; }

if [ -n "${PLANTOPS_NGINX:-}" ]; then
  new_enough "$PLANTOPS_NGINX" || die "PLANTOPS_NGINX=$PLANTOPS_NGINX is not an nginx 1.29.7 or newer that runs"
  echo "$PLANTOPS_NGINX"; exit
fi
system=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx || true)
if [ -n "$system" ] && new_enough "$system"; then echo "$system"; exit; fi
if [ ! -x "$PREFIX/usr/sbin/nginx" ]; then
  debs_possible || die "nginx for the tests is unpacked from Debian's packages; this machine has no apt with a Debian mirror. Set PLANTOPS_NGINX"
  locked nginx debs_newest "$PREFIX" usr/sbin/nginx nginx || die "no nginx 1.29.7 could be had from Debian's packages; details: $CACHE/log/"
fi
echo "$PREFIX/usr/sbin/nginx"
