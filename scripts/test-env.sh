#!/usr/bin/env bash
# Give the tests their real services: run a command with them named in the environment, or print the exports
# (`eval "$(scripts/test-env.sh)"`). What is missing is unpacked first; what cannot be had is an error, never a skip.
#
#   PLANTOPS_MOSQUITTO          Mosquitto 2.1, the broker the house prefers
#   PLANTOPS_MOSQUITTO_20       Mosquitto 2.0, the broker that many people have
#   PLANTOPS_MOSQUITTO_CLIENTS  the folder with mosquitto_pub, mosquitto_sub, mosquitto_ctrl
#   PLANTOPS_TIMESCALE          the folder with usr/lib/postgresql/17/bin and TimescaleDB
#   PLANTOPS_NGINX              nginx, the front of the production stack
#   PLANTOPS_DASHBOARD          the folder with the built dashboard
#   PLANTOPS_CARD               the file with the built card for Home Assistant
#   PLANTOPS_CHROMIUM           a Chromium, for the tests in a browser
#   PLANTOPS_COMPOSE            Docker Compose, which reads the compose files (no engine is needed for that)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
PLANTOPS_MOSQUITTO=${PLANTOPS_MOSQUITTO:-$("$here/mosquitto.sh" 2.1)}
PLANTOPS_MOSQUITTO_20=${PLANTOPS_MOSQUITTO_20:-$("$here/mosquitto.sh" 2.0)}
PLANTOPS_MOSQUITTO_CLIENTS=${PLANTOPS_MOSQUITTO_CLIENTS:-$("$here/mosquitto.sh" clients)}
PLANTOPS_TIMESCALE=${PLANTOPS_TIMESCALE:-$("$here/timescale.sh")}
PLANTOPS_NGINX=${PLANTOPS_NGINX:-$("$here/nginx.sh")}
PLANTOPS_DASHBOARD=${PLANTOPS_DASHBOARD:-$("$here/frontend.sh" dist)}
PLANTOPS_CARD=${PLANTOPS_CARD:-$("$here/frontend.sh" card)}
PLANTOPS_CHROMIUM=${PLANTOPS_CHROMIUM:-$("$here/chromium.sh")}
PLANTOPS_COMPOSE=${PLANTOPS_COMPOSE:-$("$here/compose.sh")}
export PLANTOPS_MOSQUITTO PLANTOPS_MOSQUITTO_20 PLANTOPS_MOSQUITTO_CLIENTS PLANTOPS_TIMESCALE PLANTOPS_NGINX PLANTOPS_COMPOSE PLANTOPS_DASHBOARD PLANTOPS_CARD PLANTOPS_CHROMIUM
[ $# -gt 0 ] || { export -p | grep -E ' PLANTOPS_(MOSQUITTO|TIMESCALE|NGINX|COMPOSE|DASHBOARD|CARD|CHROMIUM)'; exit; }
exec "$@"
