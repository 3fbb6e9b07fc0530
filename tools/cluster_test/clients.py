"""Threads that use the cluster as applications do, through every node, and note what they were told."""
import http.client
import random
import threading
import time

from history import MISMATCH, OK, REFUSED, UNKNOWN

KEYS = 4                # of each kind, at a time
OPERATIONS_A_SET = 1_600  # then other keys: what the checker searches stays small
PAUSE_MAX = 0.012       # seconds between two operations of a client, so that the machine isn't what is tested
TIMEOUT = 3             # seconds
LOST = (OSError, http.client.HTTPException)


class Client(threading.Thread):
    """Reads, writes and check-and-sets on a few keys that all clients share. Odd ones also ask a node that
    stands still or that the others do not reach."""

    def __init__(self, number, seed, cluster, history, findings, stop):
        super().__init__(name=f"c{number}", daemon=True)
        self.number, self.cluster, self.history, self.findings, self.stop = number, cluster, history, findings, stop
        self.random = random.Random(f"{seed}/{self.name}")
        self.values = 0

    def run(self):
        try:
            while not self.stop.is_set():
                operation = self.random.choices([self.put, self.local_get, self.get, self.cas], [30, 20, 15, 35])[0]
                operation(self.choose_node())
                self.stop.wait(self.random.uniform(0, PAUSE_MAX))
        except Exception as e:  # a client that ends would make the test see less, silently
            self.findings.append(f"{self.name} ended: {e!r}")
            raise

    def choose_node(self):
        nodes = self.cluster.nodes
        if self.number % 2 == 0:
            nodes = [n for n in nodes if n.reachable()] or nodes
        return self.random.choice(nodes)

    def choose_key(self, kind):
        return f"{kind}/k{len(self.history.lines) // OPERATIONS_A_SET}.{self.random.randrange(KEYS)}"

    def unique_value(self):
        self.values += 1
        return f"{self.name}.{self.values}"

    def call(self, node, *request, **headers):
        """(outcome, answer, life, call, end); the outcome is final where no status can mean anything else."""
        life, call = node.life, time.monotonic_ns()
        answer, outcome = None, UNKNOWN
        try:
            answer = node.call(*request, token=self.cluster.root, timeout=TIMEOUT, headers=headers)
            outcome = OK if answer.status < 300 else UNKNOWN if answer.status >= 500 else REFUSED
        except ConnectionRefusedError:
            outcome = REFUSED
        except LOST:
            pass
        if answer is None:
            self.stop.wait(self.random.uniform(0, 4 * PAUSE_MAX))
        end = time.monotonic_ns()
        return outcome, answer, life if life == node.life else None, call, end

    def refused(self, node, what, answer):
        """Nothing that is asked here may be refused: a node that cannot tell says 5xx."""
        self.findings.append(f"{self.name}: {what} through node {node.number} was refused: {answer.status} {answer.raw}")

    # ---- KV version 1
    def put(self, node):
        key, value = self.choose_key("v1"), self.unique_value()
        outcome, answer, life, call, end = self.call(node, "PUT", key, {"value": value})
        if outcome == REFUSED and answer:
            self.refused(node, f"put {key}", answer)
        self.history.add(call, end, life if answer and not answer.behind else None, outcome, "put", key, value)

    def local_get(self, node):
        self.read(node, self.choose_key(self.random.choice(("v1", "v2"))))

    def get(self, node):
        """A read that asks for it, or that comes behind a write through the same node, sees all that was acknowledged before."""
        key, life, since = self.choose_key(self.random.choice(("v1", "v2"))), node.life, time.monotonic_ns()
        if self.random.random() < 0.5:
            self.read(node, key, life, since, **{"X-Vault-Inconsistent": "require-linearizable"})
            return
        outcome, answer, *_ = self.call(node, "PUT", f"v1/fence/{self.name}", {"value": str(since)})
        fenced = outcome == OK and not answer.behind and node.life == life
        self.read(node, key, life if fenced else None, since)

    def read(self, node, key, fenced_in=None, since=0, **headers):
        """(version, value), None when nothing is known. `fenced_in`: the life that makes it linearizable from `since` on."""
        path = key if key.startswith("v1/") else key.replace("v2/", "v2/data/", 1)
        outcome, answer, life, call, end = self.call(node, "GET", path, **headers)
        linearizable = life is not None and life == fenced_in
        found = self.found_in(answer) if answer else None
        if outcome == REFUSED and answer and not found:
            self.refused(node, f"get {key}", answer)
        if found:
            self.history.add(since if linearizable else call, end, life, OK, "get" if linearizable else "local_get", key, found[1])
        return found

    @staticmethod
    def found_in(answer):
        if answer.status == 404 and not (answer.body or {}).get("errors"):
            return 0, None
        if answer.status != 200:
            return None
        data = answer.body["data"]
        return (data["metadata"]["version"], data["data"]["value"]) if "metadata" in data else (0, data["value"])

    # ---- KV version 2
    def cas(self, node):
        key, value = self.choose_key("v2"), self.unique_value()
        found = self.read(self.choose_node(), key)
        if not found:
            return
        version, expected = found
        outcome, answer, life, call, end = self.call(node, "PUT", key.replace("v2/", "v2/data/", 1),
                                                     {"options": {"cas": version}, "data": {"value": value}})
        if outcome == REFUSED and answer:
            if answer.status == 400 and b"check-and-set parameter did not match" in answer.raw:
                outcome = MISMATCH
            else:
                self.refused(node, f"cas {key}", answer)
        if outcome == OK and answer.body["data"]["version"] != version + 1:
            self.findings.append(f"{self.name}: cas {key} at version {version} made version {answer.body['data']['version']}")
        self.history.add(call, end, life if answer and not answer.behind else None, outcome, "cas", key, expected, value)


class TokenUser(threading.Thread):
    """Makes tokens, uses them elsewhere at once, revokes them: nobody is refused too early or let in too late."""

    def __init__(self, seed, cluster, findings, stop):
        super().__init__(name="tokens", daemon=True)
        self.cluster, self.findings, self.stop = cluster, findings, stop
        self.random = random.Random(f"{seed}/tokens")
        self.kept, self.revoked, self.refusals_seen = [], [], 0

    def run(self):
        try:
            while not self.stop.is_set():
                self.one_token()
                self.stop.wait(self.random.uniform(0, 8 * PAUSE_MAX))
        except Exception as e:
            self.findings.append(f"{self.name} ended: {e!r}")
            raise

    def ask(self, node, *request, token):
        try:
            return node.call(*request, token=token, timeout=TIMEOUT)
        except LOST:
            self.stop.wait(PAUSE_MAX)
            return None

    def one_token(self):
        maker, user, ender = (self.random.choice(self.cluster.nodes) for _ in range(3))
        made = self.ask(maker, "POST", "auth/token/create", {"policies": ["reader"], "ttl": "1h"}, token=self.cluster.root)
        if not made or made.status != 200:
            return
        token = made.body["auth"]["client_token"]
        self.must_let_in(user, token, "just made")
        if self.random.random() < 0.1:
            self.kept.append(token)
            return
        ended = self.ask(ender, "POST", "auth/token/revoke", {"token": token}, token=self.cluster.root)
        if not ended or ended.status != 204:
            return
        self.revoked.append(token)
        if not ended.behind:
            self.must_refuse(ender, token)
        for node in self.cluster.nodes:
            if not node.ended() and node.reachable() and self.cluster.fence(node):
                self.must_refuse(node, token)

    def must_let_in(self, node, token, which):
        answer = self.ask(node, "GET", "v1/fence/n1", token=token)
        if answer and 400 <= answer.status < 500:
            self.findings.append(f"node {node.number} refused a token {which}: {answer.status} {answer.raw}")

    def must_refuse(self, node, token):
        answer = self.ask(node, "GET", "v1/fence/n1", token=token)
        if answer and answer.status < 300:
            self.findings.append(f"node {node.number} let a revoked token in at {time.monotonic_ns()}")
        self.refusals_seen += bool(answer and answer.status == 403)


class PolicyUser(threading.Thread):
    """Widens and tightens what a token may, while others use it: behind the answer that said so, every node decides accordingly."""

    RULES = 'path "v1/fence/*" { capabilities = ["%s"] }'
    TURNS = 12  # of a policy; then another one

    def __init__(self, seed, cluster, findings, stop):
        super().__init__(name="policies", daemon=True)
        self.cluster, self.findings, self.stop = cluster, findings, stop
        self.random = random.Random(f"{seed}/policies")
        self.policies, self.token, self.refusals_seen, self.grants_seen = 0, None, 0, 0
        self.readers = [threading.Thread(target=self.keep_reading, args=(seed, n), daemon=True) for n in range(2)]

    def run(self):
        for reader in self.readers:
            reader.start()
        try:
            while not self.stop.is_set():
                self.one_policy()
                self.stop.wait(PAUSE_MAX)
        except Exception as e:
            self.findings.append(f"{self.name} ended: {e!r}")
            raise
        for reader in self.readers:
            reader.join()

    def keep_reading(self, seed, number):
        """What fills the caches while they change; its answers may be of either side."""
        choice = random.Random(f"{seed}/policies/{number}")
        while not self.stop.is_set():
            node = choice.choice(self.cluster.nodes)
            if self.token is None or node.paused or self.ask(node, "GET", "v1/fence/n1", token=self.token) is None:
                self.stop.wait(PAUSE_MAX)

    def ask(self, node, *request, token, **headers):
        try:
            return node.call(*request, token=token, timeout=TIMEOUT, headers=headers)
        except LOST:
            self.stop.wait(PAUSE_MAX)
            return None

    def one_policy(self):
        """Ends at a change whose fate is not known: that one may be made later."""
        self.policies += 1
        name = f"turn{self.policies}"
        made = self.ask(self.random.choice(self.cluster.nodes), "POST", "auth/token/create", {"policies": [name], "ttl": "1h"}, token=self.cluster.root)
        if not made or made.status != 200:
            return
        self.token = made.body["auth"]["client_token"]
        for turn in range(self.TURNS):
            capability = ("read", "deny")[turn % 2]
            node = self.random.choice(self.cluster.nodes)
            changed = self.ask(node, "PUT", f"sys/policies/acl/{name}", {"policy": self.RULES % capability}, token=self.cluster.root)
            if self.stop.is_set() or not changed or changed.status != 204:
                return
            if not changed.behind:
                self.must_decide(node, capability)
            named = {"X-Vault-Index": changed.headers["x-vault-index"], "X-Vault-Inconsistent": "await-state"}
            for other in self.cluster.nodes:
                if other.process.poll() is None and not other.paused:
                    self.must_decide(other, capability, **named)

    def must_decide(self, node, capability, **named):
        answer = self.ask(node, "GET", "v1/fence/n1", token=self.token, **named)
        if not answer or answer.status == 412 or answer.status >= 500:
            return
        let_in = answer.status != 403
        self.grants_seen += let_in
        self.refusals_seen += not let_in
        if let_in != (capability == "read"):
            self.findings.append(f"node {node.number} answered {answer.status} behind a change to {capability!r} at {time.monotonic_ns()}")
