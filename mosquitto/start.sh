#!/bin/sh
# Start the broker in its container. Where its file of accounts is lost or empty it begins with the first ones, which
# `plantops prepare` wrote; the backend then makes all the others again.
set -eu
data=/mosquitto/data
if [ ! -s "$data/dynamic-security.json" ]; then
  [ -s "$data/bootstrap.json" ] || { echo "$data/bootstrap.json is missing: run 'plantops prepare' (the service prepare) first." >&2; exit 1; }
  umask 077
  cp "$data/bootstrap.json" "$data/dynamic-security.json.new"
  mv "$data/dynamic-security.json.new" "$data/dynamic-security.json"
fi
exec /usr/sbin/mosquitto -c /mosquitto/config/mosquitto.conf
