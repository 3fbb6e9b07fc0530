"""What a node holds in memory does not grow with what has passed; changes of many mounts at once all come to their end."""
import functools
import re
import threading

from cluster import wait_until
from regression import Regression

KIB = 1024


def resident(node):
    """Bytes."""
    for line in open(f"/proc/{node.process.pid}/status"):
        if line.startswith("RssAnon:"):  # without the mapped pages of the database
            return int(line.split()[1]) * KIB
    raise AssertionError("no RssAnon")


def needs_its_own_memory(test):
    """A sanitizer's memory says nothing of the node's."""
    def run(self):
        with open(f"/proc/{self.nodes[0].process.pid}/maps") as maps:
            if re.search(r"lib[at]san", maps.read()):
                self.skipTest("a sanitizer is in the way")
        test(self)
    return functools.wraps(test)(run)


class Growth(Regression):
    def test_R12_tokens_that_end_by_time_are_removed_by_the_active_node(self):
        made = [self.new_token(n, "reader", ttl="1s") for n in self.nodes for _ in range(10)]
        accessors = {answer.body["auth"]["accessor"] for _, answer in made}
        for node in self.nodes:
            listed = lambda: set(self.ask(node, "LIST", "auth/token/accessors", status=200).body["data"]["keys"])  # noqa: E731
            wait_until(lambda: not accessors & listed(), f"node {node.number} has them no more")
            for token, _ in made:
                self.ask(node, "GET", "auth/token/lookup-self", token=token, status=403)

    def test_R27_R41_R42_mounts_come_and_go_through_all_nodes_at_once(self):
        failures = []

        def change(node):
            try:
                for turn in range(6):
                    name = f"r41-{node.number}-{turn}"
                    self.ask(node, "PUT", f"sys/mounts/{name}", {"type": "kv", "options": {"version": "2"}}, timeout=30)
                    self.ask(node, "PUT", f"sys/policies/acl/{name}", {"policy": f'path "{name}/*" {{ capabilities = ["read"] }}'}, timeout=30)
                    self.ask(node, "PUT", f"{name}/config", {"max_versions": 3}, timeout=30)
                    for key in range(5):
                        self.ask(node, "PUT", f"{name}/data/k{key}", {"data": {"x": "y"}}, timeout=30)
                    self.ask(node, "DELETE", f"sys/mounts/{name}", timeout=30)
                    self.ask(node, "DELETE", f"sys/policies/acl/{name}", timeout=30)
            except Exception as e:  # told by the test's own thread
                failures.append(f"node {node.number}: {e}")

        threads = [threading.Thread(target=change, args=(n,)) for n in self.nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        for node in self.nodes:
            self.assertTrue(self.cluster.fence(node))
            self.assertEqual([m for m in self.ask(node, "GET", "sys/mounts").body["data"] if m.startswith("r41")], [])

    @needs_its_own_memory
    def test_R47_R48_R49_memory_does_not_grow_with_what_has_passed(self):
        self.churn(400)  # pools, caches and SQLite's pages have their size then
        before = {n.number: resident(n) for n in self.nodes}
        self.churn(1_200)
        for node in self.nodes:
            grown = resident(node) - before[node.number]
            self.assertLess(grown, 24 * 1024 * KIB, f"node {node.number} grew by {grown} bytes in 1,200 rounds")

    def churn(self, rounds):
        for turn in range(rounds):
            node = self.nodes[turn % 3]
            token, _ = self.new_token(node, "reader", ttl="1h")
            self.ask(node, "PUT", "v1/r47", {"value": str(turn)})
            self.ask(node, "GET", "v1/r47", token=token, status=200)
            self.ask(node, "POST", "auth/token/revoke", {"token": token}, status=204)

    @needs_its_own_memory
    def test_R50_a_mount_costs_little_memory(self):
        count = 150
        for number in range(10):
            self.ask(self.nodes[0], "PUT", f"sys/mounts/r50-first{number}", {"type": "kv"})
        self.read_mounts()
        before = {n.number: resident(n) for n in self.nodes}
        for number in range(count):
            self.ask(self.nodes[0], "PUT", f"sys/mounts/r50-{number}", {"type": "kv"})
        self.read_mounts()
        for node in self.nodes:
            each = (resident(node) - before[node.number]) / count
            self.assertLess(each, 40 * KIB, f"node {node.number} holds {each:.0f} bytes for a mount")
        for name in [m for m in self.ask(self.nodes[0], "GET", "sys/mounts").body["data"] if m.startswith("r50")]:
            self.ask(self.nodes[0], "DELETE", f"sys/mounts/{name}")

    def read_mounts(self):
        for node in self.nodes:
            self.ask(node, "GET", "sys/mounts", headers={"X-Vault-Inconsistent": "require-linearizable"})
