#!/usr/bin/env bash
# Builds the release that is upgraded from, for `make check-upgrade`: the last tag, or before the first the commit below.
# The binary is .tools/old/replydesk.
#
#   scripts/old-build.sh [REVISION]
set -euo pipefail

# The last state of main before the service could be deployed; its history has it wherever ours is.
BEFORE_THE_FIRST=523f6b35406f0895a6d86389b25f32eaea4115dc

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
revision=${1:-$(git describe --tags --abbrev=0 2>/dev/null || echo "$BEFORE_THE_FIRST")}
commit=$(git rev-parse --verify --quiet "$revision^{commit}") || {
  printf 'old build: %s is no commit of this clone: fetch its history, or name another\n' "$revision" >&2
  exit 1
}
old=$root/.tools/old
if [ "$(cat "$old/commit" 2>/dev/null)" = "$commit" ] && [ -x "$old/replydesk" ]; then
  exit
fi
printf 'old build: %s\n' "$(git log -1 --format='%h %s' "$commit")"
mkdir -p "$old"
rm -rf "$old/source"
git worktree prune
git worktree add --quiet --force --detach "$old/source" "$commit"
# The same directory as ours: most dependencies are built already.
target=${CARGO_TARGET_DIR:-$root/target}
(cd "$old/source" && CARGO_TARGET_DIR=$target "${CARGO:-cargo}" build --locked --bin replydesk)
cp --remove-destination "$target/debug/replydesk" "$old/replydesk"
git worktree remove --force "$old/source"
printf '%s' "$commit" >"$old/commit"
