#!/bin/bash
# conformance.sh BAO [AREA [THROUGH]]: replays the scenarios of testdata/conformance-ready.txt, or those whose names begin with AREA (a
# pattern), against a binary; with THROUGH (1, 2, 3) those of one node through that node of a cluster of three.
set -u
cd "$(dirname "$0")/.."
list=$(mktemp)
trap 'rm -f "$list"' EXIT
grep -v '^#' testdata/conformance-ready.txt | grep -E "^(${2:-})" > "$list"
if [ ! -s "$list" ]; then
  echo "conformance: no recorded scenario is ready${2:+ in area $2} yet (testdata/conformance-ready.txt)"
  exit 0
fi
exec python3 tools/conformance/conform.py run --bao "$1" ${3:+--through "$3"} "@$list"
