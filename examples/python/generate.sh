#!/usr/bin/env bash
# Generates the Python messages and stubs from proto/ into examples/python/generated.
#
#   examples/python/generate.sh [PYTHON]     (a Python with what requirements.txt names; python3 if left out)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python=${1:-python3} out=examples/python/generated
rm -rf "$out"
mkdir -p "$out"
"$python" -m grpc_tools.protoc --proto_path=proto --python_out="$out" --pyi_out="$out" --grpc_python_out="$out" \
  proto/replydesk/v1/*.proto
