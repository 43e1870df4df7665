#!/usr/bin/env bash
# Print the path of a Mosquitto broker, getting one if need be. Everything else goes to standard error.
#
#   scripts/mosquitto.sh            a broker for the house, 2.1 or newer where it can be had
#   scripts/mosquitto.sh 2.1|2.0    exactly this one from Debian's packages (the tests run against both)
#   scripts/mosquitto.sh clients    the folder with mosquitto_pub, mosquitto_sub and mosquitto_ctrl
#
# 2.1 is preferred because its SQLite persistence keeps every acknowledged message through `kill -9` of the broker
# (plugin mosquitto_persist_sqlite, flush_period 0); 2.0 rewrites one file at intervals and can lose the last one.
#
# Order: $PLANTOPS_MOSQUITTO -> >= 2.1 on PATH -> the system's package manager if PLANTOPS_SYSTEM_PACKAGES=1 ->
# Debian's packages unpacked under the cache -> an older 2.0 on PATH.
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

# The version a broker says it is ("2.1.2"), nothing if it does not run. `-h` exits with 3 and needs no socket.
version_of() { "$1" -h 2>/dev/null </dev/null | sed -n 's/^mosquitto version \([0-9.]*\).*/\1/p' | head -n 1; }
at_least() { local major minor rest; IFS=. read -r major minor rest <<<"${1:-0.0}"; [ "$((major * 1000 + ${minor:-0}))" -ge "$2" ]; }

on_path() { PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin" command -v mosquitto || true; }

system_broker() {
  local path; path=$(on_path)
  [ -n "$path" ] && at_least "$(version_of "$path")" "$1" && echo "$path"
}

by_package_manager() {
  if command -v brew >/dev/null; then brew install mosquitto
  elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mosquitto mosquitto-clients
  else echo "no package manager that may be used (brew, or apt-get as root)"; return 1
  fi
}

# Some of these packages leave their libraries' SONAME links to ldconfig, which no maintainer script runs here.
name_libraries() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -n "$1/$(debs_libraries "$1")"; }

unpack() {
  local prefix=$1 suite=$2 packages=$3
  debs_prefix "$prefix" "$suite" "$packages" "" "usr/sbin/mosquitto usr/bin/mosquitto_*" name_libraries runs
}
runs() {
  [ -n "$(version_of "$1/usr/sbin/mosquitto")" ] && [ -n "$("$1/usr/bin/mosquitto_pub" --version)" ] \
    && ls "$1/$(debs_libraries "$1")/mosquitto_dynamic_security.so"
}

# Debian's newer suite first; its older sister only has 2.0.
from_debian() {
  local line=$1 prefix="$CACHE/mosquitto-$1" suite
  if [ ! -x "$prefix/usr/sbin/mosquitto" ]; then
    debs_possible || return 1
    for suite in $2; do
      if [ -x "$prefix/usr/sbin/mosquitto" ]; then break; fi
      STEP_MAY_FAIL=1 locked "mosquitto-$line" from_suite "$prefix" "$suite" "$line" || true
    done
  fi
  [ -x "$prefix/usr/sbin/mosquitto" ] && echo "$prefix/usr/sbin/mosquitto"
}

from_suite() {
  [ ! -x "$1/usr/sbin/mosquitto" ] || return 0   # another run made it while this one waited
  step "Mosquitto $3 from Debian's $2 packages" unpack "$1" "$2" "mosquitto mosquitto-clients"
}

broker_21() { from_debian 2.1 "forky sid" || die "no Mosquitto 2.1 could be had from Debian's packages; details: $CACHE/log/"; }
broker_20() { from_debian 2.0 "trixie" || die "no Mosquitto 2.0 could be had from Debian's packages; details: $CACHE/log/"; }

clients() {
  local sub
  for sub in "$CACHE/mosquitto-2.1/usr/bin/mosquitto_sub" "$(command -v mosquitto_sub || true)"; do
    [ ! -x "$sub" ] || { dirname "$sub"; return; }
  done
  broker_21 >/dev/null; echo "$CACHE/mosquitto-2.1/usr/bin"
}

any_broker() {
  if [ -n "${PLANTOPS_MOSQUITTO:-}" ]; then
    [ -n "$(version_of "$PLANTOPS_MOSQUITTO")" ] || die "PLANTOPS_MOSQUITTO=$PLANTOPS_MOSQUITTO is not a Mosquitto that runs"
    echo "$PLANTOPS_MOSQUITTO"; return
  fi
  system_broker 2001 && return
  if [ "${PLANTOPS_SYSTEM_PACKAGES:-}" = 1 ] && [ -z "$(on_path)" ]; then
    STEP_MAY_FAIL=1 step "Mosquitto from the system's package manager" by_package_manager && system_broker 2001 && return
  fi
  from_debian 2.1 "forky sid" && return
  system_broker 2000 && return
  from_debian 2.0 "trixie" && return
  die "no Mosquitto 2.x: install one (Debian: apt-get install mosquitto; macOS: brew install mosquitto), or set PLANTOPS_MOSQUITTO"
}

case ${1:-} in
  "") any_broker ;;
  2.1) broker_21 ;;
  2.0) broker_20 ;;
  clients) clients ;;
  *) die "usage: scripts/mosquitto.sh [2.1|2.0|clients]" ;;
esac
