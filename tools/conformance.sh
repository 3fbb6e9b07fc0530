#!/bin/bash
# conformance.sh BAO [AREA [THROUGH]]: replays the recorded scenarios that are ready (tools/conformance/replay_ready.py) against a binary.
exec python3 "$(dirname "$0")/conformance/replay_ready.py" "$@"
