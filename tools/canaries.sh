#!/bin/bash
# canaries.sh BUILD RUNS_MAX BUGS: planted bugs that the simulator's world does not have, because they live on SQLite or in
# the driver. Each is switched on in the test program of its folder, until the test that is there for it fails; those tests
# draw their seeds. Prints the median of three tries; BUGS 0 is all of them, "26 27" these. Fails when one escapes.
set -u
build=$1 runs_max=$2 only=$3 escaped=0

# Prints after how many runs the test failed; nothing when it never did.
runs_until_seen() {
  for ((run = 1; run <= runs_max; ++run)); do
    BAO_BUG=$1 timeout 120 "$2" --gtest_filter="$3" >/dev/null 2>&1 || { echo $run; return; }
  done
}

watch() {
  local bug=$1 program=$build/$2 test=$3 name=$4
  [[ $only == 0 || " $only " == *" $bug "* ]] || return
  if ! BAO_BUG=0 timeout 120 "$program" --gtest_filter="$test" >/dev/null 2>&1; then
    printf '%2d  %s fails without the bug\n' "$bug" "$test"
    escaped=$((escaped + 1))
    return
  fi
  local seen
  seen=$(for try in 1 2 3; do runs_until_seen "$bug" "$program" "$test"; done | sort -n)
  if [[ $(wc -w <<<"$seen") == 3 ]]; then
    printf '%2d  median %6d     %s  [%s]\n' "$bug" "$(sed -n 2p <<<"$seen")" "$name" "$test"
  else
    printf '%2d  ESCAPED           %s  [%s]\n' "$bug" "$name" "$test"
    escaped=$((escaped + 1))
  fi
}

state=internal/storage/raft/storage_raft_test_planted
driver=internal/raft/driver/raft_driver_test_planted
watch 17 $state LoggedStateTest.AfterAPowerLossPositionAndDataAgreeAndNothingDurableIsGone "position outside of the data's transaction"
watch 18 $state LoggedStateTest.AfterAPowerLossPositionAndDataAgreeAndNothingDurableIsGone "log cut above what is durable"
watch 19 $state SnapshotTest.ItIsOfOneMomentAndTakesItsPlaceWhole "position and data of a snapshot from two read transactions"
watch 20 $state SnapshotTest.APowerLossAtAnyPointOfTheSwapLeavesTheOldStateOrTheNewOne "log dropped before the swap is durable"
watch 26 $driver TickSchedule.TimeThatWasSleptThroughCountsOnce "burst of ticks after a pause, in the driver"
watch 27 $driver Driver.AHeartbeatThatComesAmidAStepWaitsForItsEnd "heartbeat on a second path into the core"
[[ $escaped == 0 ]]
