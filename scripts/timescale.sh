#!/usr/bin/env bash
# Print the folder that holds PostgreSQL 17 with TimescaleDB (programs in usr/lib/postgresql/17/bin), unpacking Debian
# trixie's packages under the cache if need be. For tests and benchmarks. Everything else goes to standard error.
# shellcheck source=scripts/debs.sh
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

BIN=usr/lib/postgresql/17/bin

# Left out: what nobody runs here (the JIT compiler with its LLVM, the procedural languages' interpreters).
slim() {
  rm -rf "$1/usr/lib/postgresql/17/lib/bitcode" "$1/usr/lib/postgresql/17/lib/llvmjit.so" "$1"/usr/lib/*-linux-gnu/libLLVM* \
    "$1"/usr/lib/*-linux-gnu/libz3* "$1"/usr/lib/*-linux-gnu/perl* "$1"/usr/share/perl* "$1"/usr/lib/llvm* "$1"/usr/lib/*-linux-gnu/gconv
}

unpack() {
  debs_prefix "$1" trixie "postgresql-17 postgresql-17-timescaledb postgresql-client-17 tzdata" "" "$BIN/*" slim runs
}
runs() { "$1/$BIN/postgres" --version && "$1/$BIN/initdb" --version && "$1/$BIN/psql" --version && "$1/$BIN/pg_dump" --version; }

once() { [ -x "$1/$BIN/postgres" ] || step "PostgreSQL 17 with TimescaleDB from Debian's packages" unpack "$1"; }

prefix=${PLANTOPS_TIMESCALE:-$CACHE/timescale-17}
if [ ! -x "$prefix/$BIN/postgres" ]; then
  [ -z "${PLANTOPS_TIMESCALE:-}" ] || die "PLANTOPS_TIMESCALE=$prefix has no $BIN/postgres"
  debs_possible || die "TimescaleDB for the tests is unpacked from Debian's packages; this machine has no apt with a Debian mirror. Set PLANTOPS_TIMESCALE to a folder with $BIN"
  locked timescale-17 once "$prefix"
fi
echo "$prefix"
