# Debian packages of any suite, unpacked into a folder of their own and run with their own C library: no root, and
# nothing of the host's packages is touched. Used for Python, Mosquitto and PostgreSQL with TimescaleDB. To be sourced.
#
#   debs_prefix PREFIX SUITE "packages" "packages without their dependencies" "executables below PREFIX" FINISH CHECK
#
# Works in PREFIX.new and renames at the end, so an interrupted run leaves nothing half made. FINISH is a function
# called with PREFIX.new and PREFIX before that, CHECK one called with PREFIX after it; what fails it is removed.
# 1. apt with a state of its own (empty package status, so that it resolves the whole closure down to libc6) and the
#    mirror that /etc/apt names; the Release file's signature is always checked against Debian's keyring.
# 2. dpkg-deb unpacks; no maintainer script runs.
# 3. patchelf (Debian's own, unpacked beside, started by the unpacked loader) gives each executable the prefix's loader
#    and a DT_RPATH (not RUNPATH: it must hold for libraries of libraries as well) relative to itself.
# shellcheck shell=bash
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

debs_possible() { command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null && [ -n "$(debs_keyring)" ] && [ -n "$(debs_mirrors)" ]; }

debs_keyring() {
  local ring
  for ring in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
    [ ! -r "$ring" ] || { echo "$ring"; return; }
  done
}

# Every address in /etc/apt (apt itself reads it, whatever its format) that can be Debian's main archive, likeliest first.
debs_mirrors() {
  if [ -n "${PLANTOPS_DEBIAN_MIRROR:-}" ]; then echo "$PLANTOPS_DEBIAN_MIRROR"; return; fi
  LC_ALL=C apt-get update --print-uris 2>/dev/null | sed -n "s#^'\([^']*\)/dists/.*#\1#p" \
    | awk 'tolower($0) ~ /debian/ && tolower($0) !~ /^cdrom|security|backports|debug|ports/ && !seen[$0]++ { print ($0 ~ /\/debian$/ ? 0 : 1), $0 }' \
    | sort -s -k1,1n | cut -d' ' -f2-
}

# An apt of our own in folder W: the host's way to the network (Acquire: proxies, certificates), none of its hooks.
debs_apt() {
  local w=$1; shift
  APT_CONFIG="$w/apt.conf" LC_ALL=C apt-get -q -y "$@"
}

debs_apt_state() {
  local w=$1 suite=$2 mirror=$3
  mkdir -p "$w/lists/partial" "$w/archives/partial" "$w/log"
  : >"$w/status"
  printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$(dpkg --print-architecture)" "$(debs_keyring)" "$mirror" "$suite" >"$w/sources.list"
  {
    ( unset APT_CONFIG; apt-config dump ) | grep '^Acquire::' | grep -vE '^Acquire::(Languages|IndexTargets|GzipIndexes)' || true
    cat <<CONF
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "$w/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$w";
Dir::State::Lists "$w/lists";
Dir::State::status "$w/status";
Dir::Cache "$w";
Dir::Cache::Archives "$w/archives";
Dir::Log "$w/log";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
CONF
  } >"$w/apt.conf"
}

debs_update() {
  local w=$1 suite=$2 mirror
  while read -r mirror; do
    debs_apt_state "$w" "$suite" "$mirror" || return
    if debs_apt "$w" -o APT::Update::Error-Mode=any update >"$w/update.log" 2>&1; then cat "$w/update.log"; return 0; fi
    cat "$w/update.log"
    grep -qi 'expired' "$w/update.log" || continue
    printf "\n  (this mirror's %s is past its date of expiry: taken all the same, its signature is checked)  " "$suite" >&3
    echo 'Acquire::Check-Valid-Until "false";' >>"$w/apt.conf"
    if debs_apt "$w" -o APT::Update::Error-Mode=any update; then return 0; fi
  done < <(debs_mirrors)
  echo "no mirror in /etc/apt has Debian's $suite"
  return 1
}

debs_download() {
  local w=$1 suite=$2 packages=$3 alone=$4
  # shellcheck disable=SC2086
  debs_update "$w" "$suite" && debs_apt "$w" install --download-only $packages \
    && cd "$w/archives" && debs_apt "$w" download patchelf libstdc++6 libgcc-s1 $alone
}

debs_unpack() {
  local w=$1 new=$2 folder deb
  for folder in lib lib64 bin sbin; do mkdir -p "$new/usr/$folder" && ln -s "usr/$folder" "$new/$folder" || return; done   # Debian's merged /usr
  for deb in "$w"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -C "$new" --keep-directory-symlink --no-same-owner -xf - || return
  done
  rm -rf "$new"/usr/share/{doc,man,locale,info,lintian,bug} "${new:?}/var"
}

debs_loader() { find "$1/usr/lib" "$1/usr/lib64" -name 'ld-linux*.so.*' | sort | head -n 1; }
debs_libraries() { local libc; libc=$(find "$1/usr/lib" -name libc.so.6 | head -n 1); dirname "${libc#"$1/"}"; }

# Make the executables of PREFIX.new (patterns below it) run with the C library that will lie in PREFIX.
debs_own_loader() {
  local new=$1 prefix=$2 patterns=$3 loader libs exe up
  loader=$(debs_loader "$new") && libs=$(debs_libraries "$new") || return
  # shellcheck disable=SC2086
  for exe in $(cd "$new" && ls -d $patterns); do
    up=$(printf %s "$exe" | sed 's#[^/]*$##; s#[^/]*/#/..#g')
    # --no-sort: patchelf 0.18 sorts the program headers, and a Python that is not position-independent dies of it
    "$loader" --library-path "$new/$libs" "$new/usr/bin/patchelf" --no-sort --set-interpreter "$prefix/${loader#"$new/"}" \
      --force-rpath --set-rpath "\$ORIGIN$up/$libs:\$ORIGIN$up/usr/lib" "$new/$exe" || return
  done
}

debs_prefix() {
  local prefix=$1 suite=$2 packages=$3 alone=$4 executables=$5 finish=$6 check=$7 w="$1.apt" new="$1.new"
  rm -rf "$w" "$new" && mkdir -p "$w" "$new" \
    && ( debs_download "$w" "$suite" "$packages" "$alone" ) \
    && debs_unpack "$w" "$new" && debs_own_loader "$new" "$prefix" "$executables" && "$finish" "$new" "$prefix" \
    && rm -rf "$prefix" "$w" && mv "$new" "$prefix" || return
  "$check" "$prefix" || { rm -rf "$prefix"; return 1; }
}

# What a program needs that runs as Debian made it.
nothing_more() { :; }

# debs_newest PREFIX PROGRAM LABEL: from the first of Debian's newer suites that has it, by the script's own `unpack SUITE`,
# unless another run made it while this one waited.
debs_newest() {
  local suite
  for suite in forky sid; do
    if [ -x "$1/$2" ] || STEP_MAY_FAIL=1 step "$3 from Debian's $suite packages" unpack "$suite"; then return; fi
  done
  return 1
}
