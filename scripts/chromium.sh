#!/usr/bin/env bash
# Print the path of a Chromium for the tests in a browser, unpacking Debian's packages under the cache if need be.
# Everything else goes to standard error.
#
# Order: $PLANTOPS_CHROMIUM -> chromium on PATH -> Debian's packages (forky, then sid).
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

PREFIX="$CACHE/chromium"
STARTER=usr/bin/plantops-chromium
SHELL_OF_IT=usr/lib/chromium/chromium-headless-shell   # the smaller build, which knows no screen

works() { "$1" --version 2>/dev/null | grep -q '^Chromium'; }
runs() { works "$1/$STARTER"; }

# A few libraries look for others in folders of the machine (a RUNPATH of their own), so these are named here; and fonts.
finish() {
  local new=$1 prefix=$2 libs; libs=$prefix/$(debs_libraries "$1") || return
  sed -i "s#<dir>/usr/#<dir>$prefix/usr/#" "$new/etc/fonts/fonts.conf" || return
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s:%s/pulseaudio FONTCONFIG_PATH=%s/etc/fonts exec %s "$@"\n' \
    "$libs" "$libs" "$prefix" "$prefix/$SHELL_OF_IT" >"$new/$STARTER" && chmod +x "$new/$STARTER"
}

unpack() {
  debs_prefix "$PREFIX" "$1" "chromium-headless-shell fonts-dejavu-core" "" "$SHELL_OF_IT" finish runs
}

if [ -n "${PLANTOPS_CHROMIUM:-}" ]; then
  works "$PLANTOPS_CHROMIUM" || die "PLANTOPS_CHROMIUM=$PLANTOPS_CHROMIUM is no Chromium that runs"
  echo "$PLANTOPS_CHROMIUM"; exit
fi
system=$(command -v chromium-headless-shell || command -v chromium || true)
if [ -n "$system" ] && works "$system"; then echo "$system"; exit; fi
if [ ! -x "$PREFIX/$STARTER" ]; then
  debs_possible || die "Chromium for the tests is unpacked from Debian's packages; this machine has no apt with a Debian mirror. Set PLANTOPS_CHROMIUM"
  locked chromium debs_newest "$PREFIX" "$STARTER" Chromium || die "Chromium could not be had from Debian's packages; details: $CACHE/log/"
fi
echo "$PREFIX/$STARTER"
