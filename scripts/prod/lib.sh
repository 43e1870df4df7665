# What the production scripts share: words for people, one run at a time, the way to Docker and to the database.
# To be sourced. Some of them run on the host, some in the database's image: nothing needs more than bash and BusyBox.
# shellcheck shell=bash
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
die() { printf 'plantops: %s\n' "$*" >&2; exit 1; }

# Everything that is asked of Docker goes through here; PLANTOPS_DOCKER names another program (podman, or a test's).
docker() { command "${PLANTOPS_DOCKER:-docker}" "$@"; }
compose() { docker compose -f docker-compose.prod.yml "$@"; }

# alone FILE WORDS: hold the lock until this script ends, however it ends; whoever comes second is told WORDS.
alone() {
  if ! command -v flock >/dev/null; then say "warning: there is no flock here: see to it that nothing else runs"; return; fi
  exec 9>>"$1"
  flock -n 9 || die "$2 Nothing was done."
}

decoded() { local text=${1//\\/\\\\}; printf '%b' "${text//%/\\x}"; }

# The value of a name in the part of DATABASE_URL behind the question mark.
asked() { local part; while IFS= read -r -d '&' part; do [ "${part%%=*}" != "$1" ] || decoded "${part#*=}"; done <<<"$2&"; }

# Say with PG… variables where the database is, so that no password stands in a command line. What they say already
# holds; else DATABASE_URL counts, and what it leaves open say POSTGRES_USER, _PASSWORD and _DB (as in the backend).
database() {
  local rest=${DATABASE_URL:-} query="" login="" name=""
  rest=${rest#*://}
  case $rest in *\?*) query=${rest#*\?}; rest=${rest%%\?*} ;; esac
  case $rest in */*) name=${rest#*/}; rest=${rest%%/*} ;; esac
  case $rest in *@*) login=${rest%@*}; rest=${rest##*@} ;; esac
  local host=${rest%%:*} port=""; case $rest in *:*) port=${rest##*:} ;; esac
  local user=${login%%:*} password=""; case $login in *:*) password=${login#*:} ;; esac
  host=$(decoded "$host")$(asked host "$query"); port=${port:-$(asked port "$query")}
  user=$(decoded "$user"); password=$(decoded "$password"); name=$(decoded "$name")
  export PGHOST=${PGHOST:-${host:-db}} PGPORT=${PGPORT:-${port:-5432}} PGUSER=${PGUSER:-${user:-${POSTGRES_USER:-plantops}}}
  export PGPASSWORD=${PGPASSWORD:-${password:-${POSTGRES_PASSWORD:-}}} PGDATABASE=${PGDATABASE:-${name:-${POSTGRES_DB:-plantops}}}
  export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10} PGAPPNAME=backup PGTZ=UTC
  export PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=error"
}

# sql DATABASE [psql options]: run what comes on standard input, stop at the first error.
sql() { local name=$1; shift; psql -X -q -At -v ON_ERROR_STOP=1 -d "$name" "$@"; }

# noted FILE KEY: a value of a backup's manifest.
noted() { sed -n "s/^$2=//p" "$1" | sed -n 1p; }
