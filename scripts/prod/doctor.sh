#!/usr/bin/env bash
# Look this machine and this checkout over, before PlantOps runs here and whenever something is strange. Changes nothing.
# Each line is ok, a warning or a problem, with what to do about it; the exit code is 1 when there is a problem.
#
# Needs bash and coreutils. Tests run it against made-up machines: DOCTOR_ROOT stands in front of /proc, /sys, /run, /etc
# and /boot, DOCTOR_CHECKOUT in place of this checkout; docker, timedatectl, firewall-cmd, date and df come from PATH.
# The certificates and .env.prod are judged by `plantops` itself: from .venv, else from the backend's image.
set -uo pipefail
export LC_ALL=C

SYSTEM=${DOCTOR_ROOT:-}
HERE=${DOCTOR_CHECKOUT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
COMPOSE_FILE=$HERE/docker-compose.prod.yml
PROJECT=plantops
PATIENCE=20                # seconds for one question to Docker: one that hangs is a finding, not the end
OLDEST_YEAR=2026           # no clock that is right shows an earlier one
LEAST_DOCKER=20.10 LEAST_COMPOSE=2.20
LEAST_DISK_MB=1024 GOOD_DISK_MB=5120
UPDATE_MB=512              # what a second backend may take while an update runs
GOOD_MEMORY_MB=1800        # of the 2 GB that the stack wants, what a kernel shows
warnings=0 problems=0 docker_answers=''

if [ -t 1 ]; then GREEN=$'\e[32m' YELLOW=$'\e[33m' RED=$'\e[31m' PLAIN=$'\e[0m'; else GREEN='' YELLOW='' RED='' PLAIN=''; fi

# line COLOUR WORD SUBJECT TEXT [WHAT TO DO…]
line() {
  local colour=$1 word=$2 subject=$3 text=$4; shift 4
  printf '%s%-8s%s %-13s %s\n' "$colour" "$word" "$PLAIN" "$subject" "$text"
  [ $# = 0 ] || printf '                       %s\n' "$@"
}
ok() { line "$GREEN" ok "$@"; }
warning() { warnings=$((warnings + 1)); line "$YELLOW" warning "$@"; }
problem() { problems=$((problems + 1)); line "$RED" problem "$@"; }

there() { command -v "$1" >/dev/null 2>&1; }
ask() { timeout "$PATIENCE" "$@" 2>/dev/null </dev/null; }
first_line() { local text=''; [ -r "$1" ] && IFS= read -r text <"$1"; printf %s "$text"; }

# A figure of Compose: the shell's, else what .env says, else the default.
setting() {
  local name=$1 value=$2 text
  if [ -r "$HERE/.env" ]; then
    while IFS= read -r text || [ -n "$text" ]; do [[ $text != "$name="* ]] || value=${text#*=}; done <"$HERE/.env"
  fi
  printf %s "${!name:-$value}"
}

# at_least VERSION LEAST: both like 2.40.1
at_least() {
  local have=${1#v} least=$2 IFS=.-+; local -a a b
  read -ra a <<<"$have"; read -ra b <<<"$least"
  local major=${a[0]:-0} minor=${a[1]:-0}
  [[ $major$minor =~ ^[0-9]+$ ]] && ((major > b[0] || (major == b[0] && minor >= b[1])))
}

check_clock() {
  local now year synchronised=''
  year=$(date -u +%Y) now=$(date -u '+%Y-%m-%d %H:%M UTC')
  if ((year < OLDEST_YEAR)); then
    problem clock "shows $now, which cannot be" "Set it by the network: sudo timedatectl set-ntp true" \
      "(a Raspberry Pi has no clock of its own; readings and certificates need the right time)"
    return
  fi
  there timedatectl && synchronised=$(ask timedatectl show --property=NTPSynchronized --value)
  if [ "$synchronised" = yes ] || [ -e "$SYSTEM/run/systemd/timesync/synchronized" ]; then ok clock "$now, set by the network"; return; fi
  if there chronyc && [[ $(ask chronyc tracking) == *"Leap status     : Normal"* ]]; then ok clock "$now, set by the network"; return; fi
  warning clock "$now, but nothing says that the network sets it" "sudo timedatectl set-ntp true, or install chrony"
}

check_memory_limits() {
  local text name enabled rest boot line_now
  [[ " $(first_line "$SYSTEM/sys/fs/cgroup/cgroup.controllers") " == *" memory "* ]] && { ok "memory limits" "the kernel enforces them"; return; }
  if [ -d "$SYSTEM/sys/fs/cgroup/memory" ] && [ -r "$SYSTEM/proc/cgroups" ]; then
    while read -r name _ _ enabled rest; do
      [ "$name $enabled" != "memory 1" ] || { ok "memory limits" "the kernel enforces them"; return; }
    done <"$SYSTEM/proc/cgroups"
  fi
  text="the kernel ignores them: its memory cgroup is off, so one service can take all memory"
  for boot in /boot/firmware/cmdline.txt /boot/cmdline.txt; do
    [ -r "$SYSTEM$boot" ] || continue
    line_now=$(first_line "$SYSTEM$boot")
    if [[ $line_now == *cgroup_enable=memory* ]]; then problem "memory limits" "$text" "$boot turns it on already: sudo reboot"; return; fi
    line_now=${line_now//cgroup_disable=memory/}
    problem "memory limits" "$text" "$boot (Raspberry Pi OS) must be this one line, then sudo reboot:" \
      "${line_now%% } cgroup_enable=memory cgroup_memory=1"
    return
  done
  problem "memory limits" "$text" "Add to the kernel's command line and restart: cgroup_enable=memory cgroup_memory=1"
}

check_memory() {
  local name value rest total='' free=''
  while read -r name value rest; do
    case $name in MemTotal:) total=$((value / 1024)) ;; MemAvailable:) free=$((value / 1024)) ;; esac
  done <"$SYSTEM/proc/meminfo"
  if ((${free:-0} < UPDATE_MB)); then
    warning memory "${free:-?} of ${total:-?} MB are free, and an update wants $UPDATE_MB for a second backend" \
      "End what is not needed before make prod-update"
  elif ((total < GOOD_MEMORY_MB)); then
    warning memory "$total MB in all; the stack is made for 2 GB and more"
  else ok memory "$free of $total MB are free; an update wants $UPDATE_MB"; fi
}

# The free megabytes of the disk that holds the first of the given folders that is there.
free_mb() {
  local folder free=''
  for folder in "$@"; do
    [ -d "$folder" ] || continue
    { read -r _; read -r _ _ _ free _; } < <(df -Pk "$folder" 2>/dev/null)
    [ -n "$free" ] && { printf %s $((free / 1024)); return; }
  done
}

check_disk() {
  local folder free
  folder=$([ -z "$docker_answers" ] || ask docker info --format '{{.DockerRootDir}}')
  free=$(free_mb "${folder:-/var/lib/docker}" "$HERE")
  if [ -z "$free" ]; then warning disk "how much is free cannot be told"
  elif ((free < LEAST_DISK_MB)); then
    problem disk "$free MB are free, less than the database and a backup need" "docker system df shows what Docker keeps; docker image prune frees old images"
  elif ((free < GOOD_DISK_MB)); then warning disk "$free MB are free; a new installation wants 10 GB" "docker image prune frees old images"
  else ok disk "$free MB are free"; fi
}

check_docker() {
  local engine compose said
  if ! there docker; then problem docker "is not installed" "https://docs.docker.com/engine/install/"; return; fi
  engine=$(ask docker version --format '{{.Server.Version}}')
  if [ -z "$engine" ]; then
    problem docker "its engine does not answer" "sudo systemctl start docker; or, if you may not speak with it: sudo usermod -aG docker \$USER, and log in anew"
    return
  fi
  docker_answers=yes
  at_least "$engine" $LEAST_DOCKER || { problem docker "version $engine is too old (at least $LEAST_DOCKER)" "https://docs.docker.com/engine/install/"; return; }
  compose=$(ask docker compose version --short)
  if ! at_least "${compose:-0}" $LEAST_COMPOSE; then
    problem docker "Compose ${compose:-is missing, or its version} is too old (at least $LEAST_COMPOSE)" "sudo apt-get install docker-compose-plugin, from Docker's own repository"
  elif [ -r "$COMPOSE_FILE" ] && [ -e "$HERE/.env.prod" ] &&
    ! said=$(timeout "$PATIENCE" docker compose --file "$COMPOSE_FILE" config --quiet 2>&1 </dev/null); then
    problem docker "Compose $compose cannot read docker-compose.prod.yml" "${said##*$'\n'}"
  else ok docker "version $engine, Compose $compose"; fi
}

# Whether a program listens on the TCP port, IPv4 or IPv6 (the kernel's table: local address:port in hex, 0A: it listens).
listens() {
  local wanted table here state; wanted=$(printf ':%04X' "$1")
  for table in "$SYSTEM/proc/net/tcp" "$SYSTEM/proc/net/tcp6"; do
    [ -r "$table" ] || continue
    while read -r _ here _ state _; do [[ $state == 0A && $here == *"$wanted" ]] && return 0; done <"$table"
  done
  return 1
}

check_ports() {
  local port ours='' taken='' free='' own='' more=''
  [[ ,$(setting COMPOSE_PROFILES ''), != *,caddy,* ]] || more+=" 80 443"
  [[ ,$(setting COMPOSE_PROFILES ''), != *,monitoring,* ]] || more+=" $(setting GRAFANA_ADDRESS 3000)"
  [ -z "$docker_answers" ] || ours=$(ask docker ps --filter "label=com.docker.compose.project=$PROJECT" --format '{{.Ports}}')
  for port in $(setting FRONTEND_PORT 80) 8000 8443 8883 $more; do
    port=${port##*:}   # an address may stand before it
    [[ $port =~ ^[0-9]+$ ]] || { taken+=" $port (no port)"; continue; }
    if [[ $ours == *":$port->"* ]]; then own+=" $port"
    elif listens "$port"; then taken+=" $port"
    else free+=" $port"; fi
  done
  if [ -n "$taken" ]; then
    problem ports "in use by other programs:$taken" "sudo ss -ltnp tells whose; end that one, or (for port 80) set FRONTEND_PORT in .env"
  else ok ports "${free:+free:$free}${own:+${free:+; }in use by PlantOps itself:$own}"; fi
}

# Run plantops: in this checkout's environment, else in the image; the first argument is the folder or file that it shall
# read, which stands for @ in the words that follow. Nothing printed and status 127: neither is there.
plantops() {
  local what=$1 image; shift
  image=$PROJECT-backend:$(setting PLANTOPS_VERSION local)
  if [ -x "$HERE/.venv/backend/bin/python" ]; then
    (cd "$HERE" && timeout 60 .venv/backend/bin/python -m plantops "${@//@/"$what"}" 2>&1)
  elif [ -n "$docker_answers" ] && ask docker image inspect "$image" >/dev/null; then
    timeout 60 docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$what:/looked-at:ro" "$image" "${@//@//looked-at}" 2>&1
  else return 127; fi </dev/null
}

# Whether others than the owner may read a file.
open_to_others() { local mode; mode=$(stat -c %a "$1" 2>/dev/null) && [[ $mode != *00 ]]; }

check_certificates() {
  local folder=$HERE/certs said status word text own=''
  if [ ! -e "$folder/server.crt" ]; then problem certificates "there are none in certs/" "make certs"; return; fi
  for text in ca.key server.key; do
    ! open_to_others "$folder/$text" || warning certificates "certs/$text can be read by others than its owner" "chmod 600 certs/$text"
  done
  [ ! -x "$HERE/.venv/backend/bin/python" ] || own=--own   # a container does not see this machine's addresses
  said=$(plantops "$folder" certs show --brief $own --folder @); status=$?
  if [ "$status" = 127 ]; then warning certificates "are there, but nothing here can read them" "make prod-build, then make doctor again"; return; fi
  while read -r word text; do
    case $word in ok | warning | problem) "$word" certificates "$text" ;; ?*) [ "$status" = 0 ] || problem certificates "$word $text" ;; esac
  done <<<"$said"
}

check_settings() {
  local file=$HERE/.env.prod said status text
  if [ ! -e "$file" ]; then problem settings "there is no .env.prod" "cp .env.prod.example .env.prod, and fill it in"; return; fi
  ! open_to_others "$file" || warning settings ".env.prod can be read by others than its owner" "chmod 600 .env.prod"
  said=$(plantops "$file" check-settings --file @); status=$?
  case $status in
    0) ok settings "complete, and its secrets are strong" ;;
    127) warning settings "nothing here can judge them" "make prod-build, then make doctor again (nothing starts with a weak one)" ;;
    *) while IFS= read -r text; do [[ $text == *"is not ready for production:" ]] || problem settings "$text"; done <<<"$said" ;;
  esac
}

check_firewall() {
  local port ports; ports="$(setting FRONTEND_PORT 80) 8000 8443 8883"
  if there firewall-cmd && [ "$(ask firewall-cmd --state)" = running ]; then
    ok firewall "firewalld is on; these let the house's network in:" \
      "sudo firewall-cmd --permanent$(for port in $ports; do printf ' --add-port=%s/tcp' "$port"; done) && sudo firewall-cmd --reload"
  elif [[ $(cat "$SYSTEM/etc/ufw/ufw.conf" 2>/dev/null) == *ENABLED=yes* ]]; then
    ok firewall "ufw is on; these let the house's network in:" "$(for port in $ports; do printf 'sudo ufw allow %s/tcp; ' "$port"; done)" \
      "(Docker publishes its ports past ufw: closing them takes not publishing them, not a rule of ufw)"
  else ok firewall "neither ufw nor firewalld is on: the network reaches whatever listens here" "Do not forward any of these ports from the internet: $ports"; fi
}

check_images() {
  local file text image tag loose=''
  for file in "$COMPOSE_FILE" "$HERE/backend/Dockerfile" "$HERE/frontend/Dockerfile"; do
    [ -r "$file" ] || continue
    while IFS= read -r text || [ -n "$text" ]; do
      [[ $text =~ ^[[:space:]]*(image:|FROM( --platform=[^[:space:]]+)?)[[:space:]]+([^[:space:]]+) ]] || continue
      image=${BASH_REMATCH[3]//[\"\']/} tag=''
      [[ $image == "$PROJECT"-* || $image == *@sha256:* || ! $image =~ [:/.] ]] && continue   # built here; exact; an earlier stage
      [[ ${image##*/} != *:* ]] || tag=${image##*:}
      [[ $tag =~ [0-9]+\.[0-9]+ && $tag != latest* ]] || loose+=" $image"
    done <"$file"
  done
  if [ ! -r "$COMPOSE_FILE" ]; then problem images "docker-compose.prod.yml is not here" "git status tells what else is missing"
  elif [ -n "$loose" ]; then problem images "not pinned to a version:$loose" "Name one, such as 2.1.2: another pull could bring a database that cannot read its data"
  else ok images "each is pinned to a version"; fi
}

check_services() {
  local sick
  [ -n "$docker_answers" ] || return 0
  [ -n "$(ask docker ps --quiet --filter "label=com.docker.compose.project=$PROJECT")" ] || { ok services "none runs yet: make prod-up"; return; }
  sick=$(ask docker ps --filter "label=com.docker.compose.project=$PROJECT" --filter health=unhealthy --format '{{.Names}}')
  if [ -n "$sick" ]; then problem services "not healthy: ${sick//$'\n'/ }" "make prod-logs"; else ok services "those that run are healthy"; fi
}

for check in docker clock memory_limits memory disk ports certificates settings firewall images services; do "check_$check"; done
printf '\n%s\n' "$problems problem$([ $problems = 1 ] || echo s), $warnings warning$([ $warnings = 1 ] || echo s)."
[ $problems = 0 ]
