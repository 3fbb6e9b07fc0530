"""Who leads may change at any time: what only the active node knows is asked of it, and no node is left half in its old role."""
import os
import signal
import threading

from cluster import API_PORT, CLUSTER_PORT, Node, wait_until
from regression import LOST, Regression, configure


class Roles(Regression):
    def test_R05_ceremonies_are_of_the_active_node_whoever_is_asked(self):
        for path in ("sys/generate-root-token/attempt", "sys/rotate/recovery/init"):
            for node in self.nodes:
                wishes = {"secret_shares": 1, "secret_threshold": 1} if "rotate" in path else {}
                nonce = self.ask(node, "POST", path, wishes, status=200).body["data"]["nonce"]
                for other in self.nodes:
                    shown = self.ask(other, "GET", path, status=200).body["data"]
                    self.assertEqual((shown["started"], shown["nonce"]), (True, nonce), f"{path} through node {other.number}")
                other = self.nodes[node.number % 3]
                self.ask(other, "DELETE", path, status=(200, 204))
                self.assertFalse(self.ask(node, "GET", path, status=200).body["data"]["started"])

    def test_R05_a_standby_passes_on_who_is_to_step_down(self):
        before = self.active()
        self.ask(self.standbys()[0], "PUT", "sys/step-down", status=204, timeout=30)
        wait_until(lambda: (now := self.cluster.active()) and now is not before, "another node is active")

    def test_R06_members_are_managed_through_any_node(self):
        for node in self.standbys():
            other = next(n for n in self.standbys() if n is not node)
            for what in ("promote", "demote", "remove-peer"):
                answers = [self.ask(n, "POST", f"sys/storage/raft/{what}", {"server_id": "nobody"}, status=None) for n in self.nodes]
                self.assertEqual(len({(a.status, a.raw) for a in answers}), 1, f"{what} of nobody says the same everywhere")
            self.ask(node, "POST", "sys/storage/raft/demote", {"server_id": f"n{other.number}"}, status=204)
            self.ask(node, "POST", "sys/storage/raft/promote", {"server_id": f"n{other.number}"}, status=(204, 500))  # it may vote again already
            wait_until(self.cluster.has_voters, "three voters")
            states = [self.ask(n, "GET", "sys/storage/raft/autopilot/state", status=200).body["data"] for n in self.nodes]
            for state in states:
                self.assertEqual((state["leader"], sorted(state["voters"])), (f"n{self.active().number}", ["n1", "n2", "n3"]))
            changed = self.ask(node, "POST", "sys/storage/raft/autopilot/configuration", {"max_trailing_logs": 900 + node.number})
            for n in self.nodes:
                shown = self.ask(n, "GET", "sys/storage/raft/autopilot/configuration", behind=changed).body["data"]
                self.assertEqual(shown["max_trailing_logs"], 900 + node.number)

    def test_R07_a_node_joins_through_a_standby(self):
        standby, other = self.standbys()
        joiner = self.joiner(standby)
        try:
            joiner.start()
            wait_until(lambda: joiner.health() == 429, "the node that joined is a standby")
            written = self.ask(other, "PUT", "v1/r07", {"value": "there"})
            wait_until(lambda: self.ask(joiner, "GET", "v1/r07", status=None, behind=written).status == 200, "it serves what was written")
            self.ask(joiner, "PUT", "v1/r07", {"value": "and back"}, status=204)
        finally:
            joiner.terminate()
            self.ask(other, "POST", "sys/storage/raft/remove-peer", {"server_id": "n4"}, status=204)

    def joiner(self, standby):
        """Node 4, which knows nobody but `standby`."""
        joiner = Node(standby.bao, self.library, standby.folder, 4, standby.host.rsplit(".", 1)[0])
        path = joiner.folder / "node4.hcl"
        lines = [line for line in path.read_text().splitlines() if "retry_join" not in line or standby.host in line]
        path.write_text("\n".join(lines) + "\n")
        configure(joiner)
        return joiner

    def test_R37_who_stepped_down_is_a_warm_standby(self):
        self.ask(self.nodes[0], "PUT", "v1/r37", {"value": "x"})
        for _ in range(2):
            before, _ = self.step_down()
            wait_until(lambda: before.health() == 429, "it is a standby")
            forwarded = self.metric(before, "http.forwarded")
            for _ in range(20):
                self.ask(before, "GET", "v1/r37", status=200)
            self.assertEqual(self.metric(before, "http.forwarded"), forwarded, "reads are answered by the standby itself")

    def test_R37_sighup_hurts_no_role(self):
        for _ in range(3):
            self.step_down()
            for node in self.nodes:
                os.kill(node.process.pid, signal.SIGHUP)
            for node in self.nodes:
                self.ask(node, "GET", "v1/fence/n1", status=200)
                node.must_run()

    def test_R38_a_node_that_starts_answers_rightly_or_not_yet(self):
        self.ask(self.nodes[0], "PUT", "v1/r38", {"value": "x"})
        for node in (*self.standbys(), self.active()):
            node.kill()
            node.start()
            statuses, stop = [], threading.Event()

            def hammer(node=node, statuses=statuses, stop=stop):
                while not stop.is_set():
                    try:
                        statuses.append(node.call("GET", "v1/r38", token=self.cluster.root).status)
                    except LOST:
                        pass

            threads = [threading.Thread(target=hammer) for _ in range(3)]
            for thread in threads:
                thread.start()
            try:
                wait_until(lambda: statuses.count(200) > 50, "it serves")
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
            self.assertLessEqual(set(statuses), {200, 500, 503})
            node.must_run()
            self.cluster.settle()

    def test_R39_status_is_asked_for_while_the_active_node_changes(self):
        stop, wrong = threading.Event(), []

        def poll(node):
            while not stop.is_set():
                for path in ("sys/storage/raft/autopilot/state", "sys/ha-status", "sys/storage/raft/configuration", "sys/leader"):
                    try:
                        answer = node.call("GET", path, token=self.cluster.root, timeout=25)
                        if answer.status != 200 and answer.status < 500:
                            wrong.append((node.number, path, answer.status, answer.raw))
                    except LOST as e:
                        wrong.append((node.number, path, repr(e)))

        threads = [threading.Thread(target=poll, args=(n,)) for n in self.nodes]
        for thread in threads:
            thread.start()
        try:
            for _ in range(4):
                self.step_down()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])

    def test_R40_R45_a_node_is_sealed_and_ended_under_load(self):
        self.ask(self.nodes[0], "PUT", "v1/r40", {"value": "x"})
        for node in (*self.standbys(), self.active()):
            stop, statuses = threading.Event(), set()

            def load(node=node, stop=stop, statuses=statuses):
                while not stop.is_set():
                    for method, body in (("GET", None), ("PUT", {"value": "x"})):
                        try:
                            statuses.add(node.call(method, "v1/r40", body, self.cluster.root, timeout=25).status)
                        except LOST:
                            pass  # it ends

            threads = [threading.Thread(target=load) for _ in range(4)]
            for thread in threads:
                thread.start()
            try:
                wait_until(lambda: statuses, "requests are answered")
                self.ask(node, "PUT", "sys/seal", status=204)
                self.assertEqual(node.health(), 503)
                wait_until(lambda: 503 in statuses, "requests hear that it is sealed")
                node.terminate()  # with exit status 0
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
            self.assertLessEqual(statuses, {200, 204, 500, 503})
            node.start()
            self.cluster.settle()

    def test_N01_sealing_is_of_the_node_that_was_asked_whatever_token_asks(self):
        """The use of a limited token is a write, which the active node makes; the sealing is not: it sealed the active node."""
        node, other = self.standbys()
        active = self.active()
        token, made = self.new_token(active, "root", num_uses=3)
        self.ask(node, "PUT", "sys/seal", status=400, token=token, behind=made)
        self.assertEqual([n.health() for n in (active, node, other)], [200, 429, 429])
        self.ask(node, "PUT", "sys/seal", status=204)
        self.assertEqual([n.health() for n in (active, node, other)], [200, 503, 429])
        node.terminate()
        node.start()

    def test_R52_a_client_is_never_sent_elsewhere_unless_it_asks(self):
        for _ in range(2):
            active, standbys = self.active(), self.standbys()
            active.kill()
            statuses = {n.call("PUT", "v1/r52", {"value": "x"}, self.cluster.root, 25).status for n in standbys for _ in range(5)}
            active.start()
            self.assertLessEqual(statuses, {204, 500, 503})
            self.cluster.settle()
            active = self.active()
            for node in self.standbys():
                sent = self.ask(node, "PUT", "v1/r52", {"value": "x"}, status=307, headers={"X-Vault-No-Request-Forwarding": "1"})
                self.assertEqual(sent.headers["location"], f"http://{active.host}:{API_PORT}/v1/v1/r52")

    def test_R53_R56_every_node_names_the_same_active_node(self):
        for _ in range(3):
            self.step_down()
            self.cluster.settle()
            active = self.active()
            for node in self.nodes:
                leader = self.ask(node, "GET", "sys/leader", status=200).body
                self.assertEqual(leader["leader_address"], f"http://{active.host}:{API_PORT}")
                self.assertEqual(leader["leader_cluster_address"], f"https://{active.host}:{CLUSTER_PORT}")
                self.assertEqual(leader.get("is_self", False), node is active)
                servers = self.ask(node, "GET", "sys/storage/raft/configuration", status=200).body["data"]["config"]["servers"]
                self.assertEqual([s["node_id"] for s in servers if s["leader"]], [f"n{active.number}"])
                members = self.ask(node, "GET", "sys/ha-status", status=200).body["data"]["nodes"]
                self.assertEqual([m["api_address"] for m in members if m["active_node"]], [f"http://{active.host}:{API_PORT}"])
                self.assertEqual(len(members), 3)
                self.assertEqual(node.health(), 200 if node is active else 429)
