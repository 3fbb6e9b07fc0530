"""What is done to the cluster while it is used. Each fault ends when the cluster has settled again."""
import http.client
import time

from cluster import Failed, wait_until
from machine import HANG_MS

STORM = 4              # step-downs, one after the other
# Seconds without an acknowledged write; the aim is 2 where the active node is lost.
GAP_MAX = {"kill_active": 4.0, "cut_off_active": 4.0, "mute_active": 4.0, "deafen_active": 5.0, "hung_disk": 6.0, "cut_between_standbys": 1.0}


class Faults:
    def __init__(self, cluster, history, findings, random, say):
        self.cluster, self.history, self.findings, self.random, self.say = cluster, history, findings, random, say
        self.gaps = {}  # seconds, by fault

    ALL = ("kill_active", "kill_standby", "pause_active", "pause_standby", "step_downs", "kill_all", "end_active", "end_standby",
           "cut_off_active", "cut_off_standby", "deafen_active", "mute_active", "cut_between_standbys", "slow_disk", "hung_disk",
           "almost_full_disk", "full_disk")

    def inject(self, name):
        self.await_writes(20)
        since = time.monotonic_ns()
        try:
            getattr(self, name)()
            self.cluster.settle()
            self.await_writes(1)
        except Failed as e:
            raise Failed(f"{name}: {e}") from None
        gap = self.history.longest_gap(since, time.monotonic_ns())
        self.gaps.setdefault(name, []).append(gap)
        self.say(f"{name}: {gap:.2f} s without a write, settled after {(time.monotonic_ns() - since) / 1e9:.2f} s")

    def mend(self):
        """Whatever was broken goes on."""
        self.cluster.network.heal()
        for node in self.cluster.nodes:
            node.cut_off = False
            node.machine.mend()
            if node.paused:
                node.resume()

    def failures(self):
        return [f"{max(self.gaps[name]):.2f} s without a write after {name}, at most {allowed} s are allowed"
                for name, allowed in GAP_MAX.items() if max(self.gaps.get(name, [0])) > allowed]

    def await_writes(self, count):
        before = self.history.writes()
        wait_until(lambda: self.history.writes() >= before + count, f"{count} writes are acknowledged")

    def active(self):
        return wait_until(self.cluster.active, "one node is active")

    def standby(self):
        active = self.active()
        return self.random.choice([n for n in self.cluster.nodes if n is not active])

    def kill(self, node):
        """The others go on without it for a while, sometimes for none."""
        node.kill()
        self.await_writes(self.random.choice((0, 5, 40)))
        node.start()

    def kill_active(self):
        self.kill(self.active())

    def kill_standby(self):
        self.kill(self.standby())

    def kill_all(self):
        for node in self.random.sample(self.cluster.nodes, 3):
            node.kill()
        for node in self.random.sample(self.cluster.nodes, 3):
            node.start()

    def end(self, node):
        node.terminate()
        self.await_writes(self.random.choice((0, 5, 40)))
        node.start()

    def end_active(self):
        self.end(self.active())

    def end_standby(self):
        self.end(self.standby())

    def pause(self, node):
        node.pause()
        try:
            self.await_writes(self.random.choice((1, 10, 60)))
        finally:
            node.resume()

    def pause_active(self):
        self.pause(self.active())

    def pause_standby(self):
        self.pause(self.standby())

    def step_downs(self):
        for _ in range(STORM):
            self.step_down(self.active())

    def step_down(self, node):
        try:
            answer = node.call("PUT", "sys/step-down", token=self.cluster.root, timeout=30)
        except (OSError, http.client.HTTPException) as e:
            raise Failed(f"step-down of node {node.number}: {e!r}") from None
        if answer.status == 204 and node.health() == 200:
            self.findings.append(f"node {node.number} has stepped down and says that it is active")
        if answer.status not in (204, 503):  # 503: it was deposed before
            self.findings.append(f"step-down of node {node.number}: {answer.status} {answer.raw}")

    # ---- the network between the nodes; clients reach all of them
    def cut(self, node, *ways):
        """(sender, receiver) each, which keep `node` out. Writes go on elsewhere meanwhile."""
        node.cut_off = True
        for sender, receiver in ways:
            self.cluster.network.cut(sender.number, receiver.number)
        try:
            self.await_writes(self.random.choice((10, 60, 250)))
        finally:
            self.cluster.network.heal()
            node.cut_off = False

    def others(self, node):
        return [n for n in self.cluster.nodes if n is not node]

    def from_others(self, node):
        return [(other, node) for other in self.others(node)]

    def to_others(self, node):
        return [(node, other) for other in self.others(node)]

    def cut_off_active(self):
        active = self.active()
        self.cut(active, *self.from_others(active), *self.to_others(active))

    def cut_off_standby(self):
        standby = self.standby()
        self.cut(standby, *self.from_others(standby), *self.to_others(standby))

    def deafen_active(self):
        """It is heard, and hears nobody: it has to notice that it leads no longer."""
        active = self.active()
        self.cut(active, *self.from_others(active))

    def mute_active(self):
        active = self.active()
        self.cut(active, *self.to_others(active))

    def cut_between_standbys(self):
        """Nothing happens: the active node reaches both."""
        one, other = self.others(self.active())
        self.cluster.network.cut(one.number, other.number)
        self.cluster.network.cut(other.number, one.number)
        try:
            self.await_writes(100)
        finally:
            self.cluster.network.heal()

    # ---- disks
    def slow_disk(self):
        """Each sync of the active node takes as long as an election."""
        self.with_disk(self.active(), sync_ms=self.random.choice((100, 300)))

    def hung_disk(self):
        """No sync of the active node comes back: others take over, and it takes its place behind them later."""
        self.with_disk(self.active(), sync_ms=HANG_MS)

    def with_disk(self, node, **state):
        node.machine.become(**state)
        try:
            self.await_writes(self.random.choice((5, 40)))
        finally:
            node.machine.mend()

    def almost_full_disk(self):
        """Below the reserve the active node takes no write, says so, and answers reads; with room again it goes on."""
        active = self.active()
        active.machine.become(free_bytes=1 << 20)
        try:
            wait_until(lambda: any(self.refused_for_room(n) for n in self.cluster.nodes), "a write is refused for want of room", 10)
            for node in self.cluster.nodes:
                read = node.call("GET", "v1/fence/n1", token=self.cluster.root)
                if read.status != 200:
                    self.findings.append(f"node {node.number} answers no read while a disk is almost full: {read.status} {read.raw}")
        finally:
            active.machine.mend()

    def refused_for_room(self, node):
        answer = node.call("PUT", "v1/fence/disk", {"value": "x"}, self.cluster.root)
        return answer.status >= 500 and b"are free on the disk" in answer.raw

    def full_disk(self):
        """What a standby cannot store it does not acknowledge, and who asks it waits; it may even end. The others go on, and it
        comes back when there is room."""
        node = self.standby()
        node.cut_off = True
        try:
            self.with_disk(node, no_room=1, free_bytes=0)
        finally:
            node.cut_off = False
        if node.ended():
            node.start()
