#!/bin/bash
# conformance.sh BAO [AREA]: replays the scenarios of testdata/conformance-ready.txt against a binary.
set -u
cd "$(dirname "$0")/.."
list=$(mktemp)
trap 'rm -f "$list"' EXIT
grep -v '^#' testdata/conformance-ready.txt | grep "^${2:-}" > "$list"
if [ ! -s "$list" ]; then
  echo "conformance: no recorded scenario is ready${2:+ in area $2} yet (testdata/conformance-ready.txt)"
  exit 0
fi
exec python3 tools/conformance/conform.py run --bao "$1" "@$list"
