#!/bin/sh
# Start nginx: write down what only this container knows (its resolver), make the folders it writes in, become nginx.
# The tests run this very file with folders of their own.
set -eu
here=${PLANTOPS_NGINX_CONF:-/etc/nginx}
run=${PLANTOPS_NGINX_RUN:-/tmp/plantops}
names=${PLANTOPS_RESOLV_CONF:-/etc/resolv.conf}

mkdir -p "$run"
# The first one only, as everybody else does: nginx would ask them in turn, and believe the host's that it knows no backend.
resolver=$(awk '$1 == "nameserver" { print ($2 ~ /:.*:/ ? "[" $2 "]" : $2); exit }' "$names")
if [ -z "$resolver" ]; then
  echo "plantops: $names names no resolver, so no backend can be found" >&2
  exit 1
fi
# valid: a backend that has just come or gone is known within two seconds, whatever the resolver's own time to live.
echo "resolver $resolver valid=2s ipv6=off; resolver_timeout 2s;" >"$run/resolver.conf"
exec "${PLANTOPS_NGINX:-nginx}" -e stderr -c "$here/nginx.conf" -g 'daemon off;' "$@"
