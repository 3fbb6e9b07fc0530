"""What the tests of regressions share: one cluster of three processes, asked through each node."""
import http.client
import unittest

from cluster import CLUSTER_PORT, NETWORK_PORT, wait_until

LOST = (OSError, http.client.HTTPException)


def configure(node):
    """Members speak to each other without a network that fails in between; sys/raw is there."""
    path = node.folder / f"node{node.number}.hcl"
    path.write_text(path.read_text().replace(f":{NETWORK_PORT}", f":{CLUSTER_PORT}") + "raw_storage_endpoint = true\n")


class Regression(unittest.TestCase):
    """A test leaves the cluster as it found it: three voters, one of them active, requests passing through each."""
    cluster = library = None  # set before the tests run

    def setUp(self):
        self.nodes = self.cluster.nodes

    def tearDown(self):
        self.cluster.settle()

    def active(self):
        return wait_until(self.cluster.active, "one node is active")

    def standbys(self):
        active = self.active()
        return [n for n in self.nodes if n is not active]

    def ask(self, node, method, path, body=None, status=(200, 204), token=None, headers=None, behind=None, timeout=15):
        """The answer, whose status is among `status` (None: any). `behind`: an answer whose state this one has to have."""
        sent = dict(headers or {})
        if behind is not None:
            sent |= {"X-Vault-Index": behind.headers["x-vault-index"], "X-Vault-Inconsistent": "await-state"}
        answer = node.call(method, path, body, self.cluster.root if token is None else token, timeout, sent)
        expected = (status,) if isinstance(status, int) else status
        if expected is not None:
            self.assertIn(answer.status, expected, f"{method} {path} through node {node.number}: {answer.raw}")
        return answer

    def new_token(self, node, *policies, path="auth/token/create", **wishes):
        answer = self.ask(node, "POST", path, {"policies": list(policies), **wishes})
        return answer.body["auth"]["client_token"], answer

    def metric(self, node, name):
        body = self.ask(node, "GET", "sys/metrics", status=200).body
        kept = {m["Name"]: m.get("Value", m.get("Count")) for kind in ("Gauges", "Counters") for m in body.get(kind) or []}
        return kept.get("bao." + name, 0)

    def step_down(self):
        """The node that was active, and the one that is."""
        before = self.active()
        self.ask(before, "PUT", "sys/step-down", timeout=30)
        return before, wait_until(lambda: (now := self.cluster.active()) is not before and now, "another node is active")
