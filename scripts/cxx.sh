#!/usr/bin/env bash
# Print what tests of the firmware's C++ are built with, getting it if need be. Everything else goes to standard error.
#
#   scripts/cxx.sh compiler    a C++20 compiler with sanitizers
#   scripts/cxx.sh tools       CC=, CXX=, AR= … of the unpacked one, a line each; nothing where the machine's own is used
#   scripts/cxx.sh headers     the folder with doctest/doctest.h and nothing else
#
# The machine's own come first ($CXX, then g++, c++ and clang++ on PATH; doctest in /usr/include). What is missing is unpacked from
# Debian's packages under the cache: a compiler in there (once there, it is kept to) builds programs that run with the C library beside it.
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

SUITE=trixie
PREFIX="$CACHE/cxx-$SUITE"
HEADERS="$CACHE/doctest"
HEADER=doctest/doctest.h

# The compiler starts its own programs, so each of them is given the loader; what it builds is given it by the wrapper.
wrap() {
  local new=$1 prefix=$2 loader libs name
  loader=$(debs_loader "$new") && libs=$(debs_libraries "$new") || return
  for name in gcc g++; do
    cat >"$new/$name" <<WRAPPER
#!/bin/sh
exec "$prefix/usr/bin/$name" --sysroot="$prefix" -B"$prefix/usr/bin/" -B"$prefix/$libs/" "\$@" \\
  -Wl,--dynamic-linker="$prefix/${loader#"$new/"}" -Wl,--disable-new-dtags -Wl,-rpath,"$prefix/$libs"
WRAPPER
    chmod +x "$new/$name"
  done
}
runs() { works "$1/g++"; }

works() {
  local folder status=0; folder=$(mktemp -d)
  printf '#include <bit>\n#include <cstdio>\nint main() { std::puts(std::has_single_bit(2u) ? "well" : ""); }\n' >"$folder/try.cpp"
  "$1" -std=c++20 -fsanitize=address,undefined "$folder/try.cpp" -o "$folder/try" >&2 && [ "$("$folder/try")" = well ] || status=1
  rm -rf "$folder"; return "$status"
}

unpack_compiler() {
  debs_prefix "$PREFIX" "$SUITE" "g++" "" \
    "usr/bin/*-linux-gnu-g++-* usr/bin/*-linux-gnu-gcc-[0-9]* usr/bin/*-linux-gnu-as usr/bin/*-linux-gnu-ld.bfd usr/bin/*-linux-gnu-ar usr/bin/*-linux-gnu-objdump usr/bin/*-linux-gnu-readelf usr/libexec/gcc/*/*/cc1 usr/libexec/gcc/*/*/cc1plus usr/libexec/gcc/*/*/collect2" wrap runs
}
unpack_headers() {
  rm -rf "$HEADERS" "$HEADERS.apt" "$HEADERS.new" && mkdir -p "$HEADERS.apt" "$HEADERS.new" \
    && ( debs_download "$HEADERS.apt" "$SUITE" doctest-dev "" ) && debs_unpack "$HEADERS.apt" "$HEADERS.new" \
    && mv "$HEADERS.new" "$HEADERS" && rm -rf "$HEADERS.apt" && [ -f "$HEADERS/usr/include/$HEADER" ]
}

once_compiler() { [ -x "$PREFIX/g++" ] || step "A C++ compiler from Debian's packages" unpack_compiler; }
once_headers() { [ -f "$HEADERS/usr/include/$HEADER" ] || step "doctest from Debian's packages" unpack_headers; }

compiler() {
  local name path
  if [ -n "${CXX:-}" ]; then works "$CXX" || die "CXX=$CXX builds no C++20 program with sanitizers"; echo "$CXX"; return; fi
  if [ ! -x "$PREFIX/g++" ]; then
    for name in g++ c++ clang++; do
      path=$(command -v "$name" || true)
      if [ -n "$path" ] && works "$path" 2>/dev/null; then echo "$path"; return; fi
    done
    debs_possible || die "the firmware's tests need a C++20 compiler with sanitizers: install g++ (or clang), or set CXX"
    locked cxx once_compiler
  fi
  echo "$PREFIX/g++"
}

# A folder of its own: a compiler's own include folder, named once more, would hide its C headers from its C++ ones.
headers() {
  local folder
  for folder in /usr/include /usr/local/include /opt/homebrew/include "$HEADERS/usr/include"; do
    if [ -f "$folder/$HEADER" ]; then break; fi
  done
  if [ ! -f "$folder/$HEADER" ]; then
    debs_possible || die "the firmware's tests need $HEADER: install doctest-dev (with brew: doctest)"
    locked doctest once_headers
  fi
  mkdir -p "$HEADERS" && ln -sfn "$folder/doctest" "$HEADERS/doctest" && echo "$HEADERS"
}

tools() {
  local cxx; cxx=$(compiler)
  [ "$cxx" = "$PREFIX/g++" ] || return 0
  printf '%s\n' "CC=$PREFIX/gcc" "CXX=$PREFIX/g++" "AR=$PREFIX/usr/bin/ar" "OBJDUMP=$PREFIX/usr/bin/objdump" "READELF=$PREFIX/usr/bin/readelf"
}

case ${1:-} in
  compiler) compiler ;;
  tools) tools ;;
  headers) headers ;;
  *) die "usage: scripts/cxx.sh compiler|tools|headers" ;;
esac
