#!/usr/bin/env bash
# Print what tests of the firmware's C++ are built with, getting it if need be. Everything else goes to standard error.
#
#   scripts/cxx.sh compiler    a C++20 compiler with sanitizers
#   scripts/cxx.sh tools       CC=, CXX=, AR= … of the unpacked one, a line each; nothing where the machine's own is used
#   scripts/cxx.sh headers     the folder with doctest/doctest.h and nothing else
#   scripts/cxx.sh libraries   -I and -L for OpenSSL and Mosquitto's client library; nothing where the compiler finds them itself
#
# The machine's own come first ($CXX, then g++, c++ and clang++ on PATH; doctest in /usr/include; libraries that the compiler finds). What is missing is unpacked from
# Debian's packages under the cache: a compiler in there (once there, it is kept to) builds programs that run with the C library beside it.
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

SUITE=trixie
PREFIX="$CACHE/cxx-$SUITE"
HEADERS="$CACHE/doctest"
LIBRARIES="$CACHE/cxx-libraries"
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

# Debian's oldest suite that has OpenSSL 3: what is linked with it runs on any newer C library too. Only these libraries are
# taken out of it, never its C library.
unpack_libraries() {
  local new="$LIBRARIES.new" arch
  rm -rf "$LIBRARIES" "$LIBRARIES.apt" "$new" "$new.all" && mkdir -p "$LIBRARIES.apt" "$new/include" "$new/lib" "$new.all" \
    && ( debs_download "$LIBRARIES.apt" bookworm "libmosquitto-dev libssl-dev" "" ) && debs_unpack "$LIBRARIES.apt" "$new.all" || return
  arch=$(dirname "$(find "$new.all/usr/lib" -name 'libmosquitto.so.1' | head -n 1)")
  cp "$new.all/usr/include/"mosquitto.h "$new/include/" && cp -r "$new.all/usr/include/openssl" "$new/include/" \
    && cp -r "$new.all/usr/include/"*-linux-gnu*/openssl/. "$new/include/openssl/" \
    && cp -P "$arch"/libmosquitto.so* "$arch"/libssl.so* "$arch"/libcrypto.so* "$new/lib/" \
    && rm -rf "$new.all" "$LIBRARIES.apt" && mv "$new" "$LIBRARIES"
}
once_libraries() { [ -d "$LIBRARIES/lib" ] || step "OpenSSL and Mosquitto's library from Debian's packages" unpack_libraries; }

links() {
  local folder status=0; folder=$(mktemp -d)
  printf '#include <mosquitto.h>\n#include <openssl/ssl.h>\nint main() { return mosquitto_lib_init() + (SSLv23_method() == nullptr); }\n' >"$folder/try.cpp"
  "$@" "$folder/try.cpp" -o "$folder/try" -lmosquitto -lssl -lcrypto >&2 2>/dev/null && "$folder/try" || status=1
  rm -rf "$folder"; return "$status"
}

libraries() {
  local cxx; cxx=$(compiler)
  ! links "$cxx" || return 0
  debs_possible || die "the firmware's tests need OpenSSL and Mosquitto's client library: install libssl-dev and libmosquitto-dev"
  locked cxx-libraries once_libraries
  links "$cxx" "-I$LIBRARIES/include" "-L$LIBRARIES/lib" "-Wl,-rpath,$LIBRARIES/lib" || die "OpenSSL and Mosquitto's library in $LIBRARIES do not go with $cxx"
  echo "-I$LIBRARIES/include -L$LIBRARIES/lib -Wl,-rpath,$LIBRARIES/lib"
}

case ${1:-} in
  libraries) libraries ;;
  compiler) compiler ;;
  tools) tools ;;
  headers) headers ;;
  *) die "usage: scripts/cxx.sh compiler|tools|headers|libraries" ;;
esac
