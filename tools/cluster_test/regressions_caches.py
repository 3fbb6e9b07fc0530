"""What changed through one node is in force on every other node at the index of the answer that said so (X-Vault-Index)."""
from cluster import wait_until
from regression import Regression


class Caches(Regression):
    def test_R20_renewing_is_seen_by_lookup_self_everywhere(self):
        for node in self.nodes:
            token, made = self.new_token(node, "reader", ttl="1h")
            for other in self.nodes:  # now every cache holds the lease as it was
                self.ask(other, "GET", "auth/token/lookup-self", token=token, behind=made)
            renewed = self.ask(node, "POST", "auth/token/renew-self", {"increment": "5h"}, token=token, status=200)
            shown = [self.ask(n, "GET", "auth/token/lookup-self", token=token, behind=renewed).body["data"] for n in self.nodes]
            for data in shown:
                self.assertGreater(data["ttl"], 4 * 3600)
                self.assertEqual(data["expire_time"], shown[0]["expire_time"])
                self.assertEqual(data["last_renewal_time"], shown[0]["last_renewal_time"])

    def test_R28_a_rotated_keyring_is_read_everywhere_at_once(self):
        for turn in range(12):
            node, other = self.nodes[turn % 3], self.nodes[(turn + 1) % 3]
            rotated = self.ask(node, "PUT", "sys/rotate/keyring", status=204)
            term = self.ask(self.active(), "GET", "sys/key-status", behind=rotated).body["data"]["term"]
            written = self.ask(other, "PUT", "v1/r28", {"value": str(turn)})
            for reader in self.nodes:
                found = self.ask(reader, "GET", "v1/r28", status=200, behind=written)
                self.assertEqual(found.body["data"]["value"], str(turn))
                self.assertGreaterEqual(self.ask(reader, "GET", "sys/key-status", behind=written).body["data"]["term"], term)

    def test_R33_every_prefix_that_was_written_has_an_owner(self):
        for node in self.nodes:
            self.assertEqual(self.metric(node, "invalidation.unowned"), 0)

    def test_R34_policies_tokens_and_mounts_are_there_after_a_change_of_the_active_node(self):
        self.ask(self.nodes[0], "PUT", "sys/policies/acl/r34", {"policy": 'path "r34/yes" { capabilities = ["read", "update", "create"] }'})
        self.ask(self.nodes[0], "PUT", "sys/mounts/r34", {"type": "kv"})
        token, _ = self.new_token(self.nodes[0], "r34")
        for _ in range(3):
            _, now = self.step_down()
            written = self.ask(now, "PUT", "r34/yes", {"value": "x"}, token=token, status=204)
            self.ask(now, "PUT", "r34/no", {"value": "x"}, token=token, status=403)
            for node in self.nodes:
                self.ask(node, "GET", "r34/yes", token=token, status=200, behind=written)
                self.ask(node, "GET", "r34/no", token=token, status=403, behind=written)
        self.ask(self.nodes[0], "DELETE", "sys/mounts/r34")

    def test_N03_a_policy_that_was_tightened_grants_nothing_anywhere(self):
        for node in self.nodes:
            for policy in ('path "v1/*" { capabilities = ["deny"] }', 'path "v2/*" { capabilities = ["read"] }', None):
                self.ask(node, "PUT", "v1/n03", {"value": "x"})
                self.ask(node, "PUT", "sys/policies/acl/n03", {"policy": 'path "v1/*" { capabilities = ["read"] }'})
                token, made = self.new_token(node, "n03")
                for other in self.nodes:
                    self.ask(other, "GET", "v1/n03", token=token, status=200, behind=made)
                tightened = (self.ask(node, "PUT", "sys/policies/acl/n03", {"policy": policy}) if policy else
                             self.ask(node, "DELETE", "sys/policies/acl/n03"))
                for other in self.nodes:
                    self.ask(other, "GET", "v1/n03", token=token, status=403, behind=tightened)
                    capabilities = self.ask(other, "POST", "sys/capabilities-self", {"paths": ["v1/n03"]}, token=token, behind=tightened)
                    self.assertEqual(capabilities.body["data"]["v1/n03"], ["deny"])

    def test_N03_a_token_ends_with_its_parent_everywhere(self):
        for node in self.nodes:
            parent, _ = self.new_token(node, "root")
            made = self.ask(node, "POST", "auth/token/create", {"policies": ["reader"]}, token=parent)
            child = made.body["auth"]["client_token"]
            for other in self.nodes:
                self.ask(other, "GET", "auth/token/lookup-self", token=child, behind=made)
            ended = self.ask(node, "POST", "auth/token/revoke", {"token": parent}, status=204)
            for other in self.nodes:
                for token in (parent, child):
                    self.ask(other, "GET", "auth/token/lookup-self", token=token, status=403, behind=ended)

    def test_N03_settings_of_a_mount_are_the_same_everywhere(self):
        self.ask(self.nodes[0], "PUT", "sys/mounts/n03", {"type": "kv", "options": {"version": "2"}})
        self.ask(self.nodes[0], "GET", "n03/config", status=200)
        for node in self.nodes:
            tuned = self.ask(node, "PUT", "sys/mounts/n03/tune", {"default_lease_ttl": f"{node.number}h", "description": f"by {node.number}"})
            self.settled_alike("sys/mounts/n03/tune", tuned, lambda d: (d["default_lease_ttl"], d["description"]), (3600 * node.number, f"by {node.number}"))
            tuned = self.ask(node, "PUT", "n03/config", {"max_versions": node.number})
            self.settled_alike("n03/config", tuned, lambda d: d["max_versions"], node.number)
        moved = self.ask(self.nodes[1], "POST", "sys/remount", {"from": "n03", "to": "n03moved"}, status=200)
        migration = moved.body["migration_id"]
        for node in self.nodes:
            self.ask(node, "GET", f"sys/remount/status/{migration}", status=200)
        self.until_moved(migration)
        ended = self.ask(self.nodes[2], "PUT", "v1/fence", {"value": "x"})
        for node in self.nodes:
            self.ask(node, "GET", "n03moved/config", status=200, behind=ended)
            self.ask(node, "GET", "n03/config", status=404, behind=ended)
        self.ask(self.nodes[2], "DELETE", "sys/mounts/n03moved")

    def settled_alike(self, path, behind, what, expected):
        for node in self.nodes:
            self.assertEqual(what(self.ask(node, "GET", path, status=200, behind=behind).body["data"]), expected, f"{path} of node {node.number}")

    def until_moved(self, migration):
        path = f"sys/remount/status/{migration}"
        wait_until(lambda: self.ask(self.nodes[2], "GET", path).body["data"]["migration_info"]["status"] == "success", "the mount has moved")
