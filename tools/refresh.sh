#!/bin/bash
# refresh.sh FOLDER copy|check: brings the recorded behaviour that the project uses up to date, or says what is stale.
set -u
from=$1 mode=$2
cd "$(dirname "$0")/.."
[ -d "$from/conformance" ] || { echo "no newer recordings at hand: nothing to compare"; exit 0; }
stale=0
same() {  # SOURCE TARGET
  if [ "$mode" = copy ]; then mkdir -p "$(dirname "$2")"; rm -rf "$2"; cp -rL "$1" "$2"; chmod -R u+w "$2"
  elif ! diff -rq "$1" "$2" > /dev/null; then echo "stale: $2 (make refresh)"; stale=1; fi
}
same "$from/conformance/conform.py" tools/conformance/conform.py
same "$from/conformance/scenarios" tools/conformance/scenarios
same "$from/conformance/recorded" tools/conformance/recorded
same "$from/conformance/ready" tools/conformance/ready
same "$from/bench/bench.py" tools/bench/bench.py
same "$from/fixtures/replay.py" tools/fixtures/replay.py
for fixture in testdata/fixtures/openbao-2.6.2/*/; do
  [ -d "$fixture" ] && same "$from/fixtures/openbao-2.6.2/$(basename "$fixture")" "${fixture%/}"
done
exit 0
