#!/usr/bin/env bash
# Makes the image's last stage of a binary that is there already, and starts it as a cluster would: as 65532, without rights,
# on a read-only root with nothing else in it, against a real Redis, until it is ready; then SIGTERM.
#
#   deploy/check/image.sh [--size] REPLYDESK
#
# --size   the image must be smaller than 40 MB: for a binary of the profile `image` or `release`
#
# A static binary (musl) is alone in its root. One that is not, such as cargo's debug build, gets the libraries that it asks
# for: then only what stands around them is tried. No container engine is needed; with buildah it is a real image.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
limit_bytes=40000000
measure=false
if [ "${1:-}" = --size ]; then
  measure=true
  shift
fi
binary=$(realpath "${1:?which binary}")
work=$(mktemp -d)
redis_pid=
container=
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot

clean_up() {
  [ -z "$redis_pid" ] || kill "$redis_pid" 2>/dev/null || true
  [ -z "$container" ] || buildah rm "$container" >/dev/null 2>&1 || true
  [ -z "$container" ] || buildah rmi localhost/replydesk:check >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

say() { printf 'image: %s\n' "$*"; }
fail() {
  printf 'image: %s\n' "$*" >&2
  [ ! -s "$work/log" ] || tail -20 "$work/log" >&2
  exit 1
}

# What the stage `build` hands over.
mkdir -p "$work/build/out" "$work/build/etc/ssl/certs"
strip -o "$work/build/out/replydesk" "$binary"
cp /etc/ssl/certs/ca-certificates.crt "$work/build/etc/ssl/certs/"
bytes=$(stat -c %s "$work/build/out/replydesk")

if buildah --version >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
  sed -n '/^FROM scratch/,$p' "$root/deploy/Dockerfile" >"$work/Dockerfile"
  buildah bud --quiet --file "$work/Dockerfile" --build-context build="$work/build" --tag localhost/replydesk:check \
    --build-arg VERSION=0.0.0-check --build-arg REVISION=check --build-arg CREATED=2000-01-01T00:00:00Z "$root" >/dev/null
  config=$(buildah inspect --type image localhost/replydesk:check |
    python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["OCIv1"]["config"], separators=(",", ":")))')
  for wanted in '"User":"65532:65532"' '"Entrypoint":["/replydesk"]' '"Cmd":["serve"]' '"50051/tcp":{}' '"9464/tcp":{}' \
    '"org.opencontainers.image.version":"0.0.0-check"' '"org.opencontainers.image.revision":"check"'; do
    [[ $config == *"$wanted"* ]] || fail "the image's configuration lacks $wanted: $config"
  done
  container=$(buildah from localhost/replydesk:check)
  cp -a "$(buildah mount "$container")" "$work/root"
  say "built by buildah: $(find "$work/root" -type f | wc -l) files, $(du --apparent-size -sb "$work/root" | cut -f1) bytes"
else
  mkdir -p "$work/root"
  cp -a "$work/build/etc" "$root/LICENSE" "$work/root/"
  cp "$work/build/out/replydesk" "$work/root/replydesk"
  say "there is no buildah: the root is made by hand"
fi
if $measure; then
  whole=$(du --apparent-size -sb "$work/root" | cut -f1)
  [ "$whole" -lt "$limit_bytes" ] || fail "$whole bytes, and $limit_bytes are the most"
  say "$whole bytes, less than $limit_bytes"
fi

if ldd "$binary" 2>&1 | grep -q 'statically linked\|not a dynamic'; then
  say "static, $bytes bytes stripped"
else
  say "not static, $bytes bytes stripped: its libraries are laid beside it"
  for library in $(ldd "$binary" | grep -o '/[^ ]*'); do install -D "$library" "$work/root$library"; done
fi
if [ "$(id -u)" -ne 0 ]; then
  "$binary" --version >/dev/null || fail "it does not start"
  say "not root here: the rest, which takes namespaces, is left out"
  exit 0
fi

# The files that a pod has mounted.
"$binary" privacy keygen --out-dir "$work/root/etc/replydesk" >/dev/null
hash=$("$binary" key generate --out "$work/admin.key")
rm "$work/root/etc/replydesk/privacy.key"
chgrp 65532 "$work/root/etc/replydesk"/*
chmod 0440 "$work/root/etc/replydesk"/*
chmod 0755 "$work/root" "$work/root/etc" "$work/root/etc/replydesk" "$work"

# Runs a command in the root, as the pod would. Its own mounts go with it.
in_root() {
  # The inner shell has arguments of its own.
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child=SIGTERM bash -c '
    mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec setpriv --no-new-privs \
      env -i "${@:2:$1}" "$(command -v chroot)" --userspec=65532:65532 --groups= "$0" "${@:$(($1 + 2))}"' "$work/root" "$@"
}

in_root 0 /replydesk --version >/dev/null || fail "it does not start in a root of its own"
if in_root 0 /replydesk privacy keygen --out-dir /keys >"$work/log" 2>&1; then fail "the root is not read-only"; fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --dir "$work" --appendonly yes --appendfsync always --save '' \
  --maxmemory-policy noeviction >"$work/redis.log" 2>&1 &
redis_pid=$!
for _ in $(seq 100); do
  if redis-cli -p "$port" ping >/dev/null 2>&1; then break; fi
  sleep 0.1
done

: >"$work/log"
in_root 6 REDIS_URL="redis://127.0.0.1:$port" REPLYDESK_SERVER_LISTEN=127.0.0.1:0 REPLYDESK_LOG_FORMAT=json \
  REPLYDESK_PRIVACY_PEPPER_FILE=/etc/replydesk/pepper REPLYDESK_PRIVACY_PUBLIC_KEY_FILE=/etc/replydesk/privacy.pub \
  REPLYDESK_ACCESS_ADMIN_KEY_HASH="$hash" /replydesk serve >"$work/log" 2>&1 &
started=$!
for _ in $(seq 300); do
  grep -q 'health.serving' "$work/log" && break
  kill -0 "$started" 2>/dev/null || fail "it ended before it was ready"
  sleep 0.1
done
grep -q 'health.serving' "$work/log" || fail "it was not ready within 30 s"

service=$(pgrep -P "$(pgrep -P "$started")" 2>/dev/null || pgrep -P "$started")
status=$(cat "/proc/$service/status")
for wanted in $'Uid:\t65532' $'CapEff:\t0000000000000000' $'NoNewPrivs:\t1'; do
  [[ $status == *"$wanted"* ]] || fail "it does not run as it should: $wanted"
done
kill -TERM "$service"
code=0
wait "$started" || code=$?
[ "$code" -eq 0 ] || fail "after SIGTERM it ended with $code"
say "ready as 65532 without rights on a read-only root; SIGTERM ended it in order"
