"""What is done to the cluster while it is used. Each fault ends when the cluster has settled again."""
import http.client
import time

from cluster import Failed, wait_until

STORM = 4              # step-downs, one after the other
KILL_GAP_MAX = 4.0     # seconds without an acknowledged write when the active node is killed; the aim is 2


class Faults:
    def __init__(self, cluster, history, findings, random, say):
        self.cluster, self.history, self.findings, self.random, self.say = cluster, history, findings, random, say
        self.gaps = {}  # seconds, by fault

    ALL = ("kill_active", "kill_standby", "pause_active", "pause_standby", "step_downs", "kill_all", "end_active", "end_standby")

    def inject(self, name):
        self.await_writes(20)
        since = time.monotonic_ns()
        getattr(self, name)()
        self.cluster.settle()
        self.await_writes(1)
        gap = self.history.longest_gap(since, time.monotonic_ns())
        self.gaps.setdefault(name, []).append(gap)
        self.say(f"{name}: {gap:.2f} s without a write, settled after {(time.monotonic_ns() - since) / 1e9:.2f} s")

    def failures(self):
        return [f"{max(gaps):.2f} s without a write after kill_active, at most {KILL_GAP_MAX} s are allowed"
                for name, gaps in self.gaps.items() if name == "kill_active" and max(gaps) > KILL_GAP_MAX]

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
