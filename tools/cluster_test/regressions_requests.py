"""A standby answers whatever it is asked: it forwards what writes, whole and once, and reads what it needs itself."""
import http.client
import json
import secrets

from cluster import API_PORT
from regression import Regression


class Requests(Regression):
    def test_R02_a_wrapped_read_is_forwarded(self):
        self.ask(self.nodes[0], "PUT", "v1/r02", {"value": "wrapped"})
        for path in ("v1/r02", "sys/mounts", "sys/policies/acl/reader", "auth/token/lookup-self", "sys/key-status"):
            for node in self.nodes:
                wrapped = self.ask(node, "GET", path, headers={"X-Vault-Wrap-TTL": "60"}, status=200)
                token = wrapped.body["wrap_info"]["token"]
                for other in self.nodes:
                    self.ask(other, "POST", "sys/wrapping/lookup", {"token": token}, status=200)
                others = [n for n in self.nodes if n is not node]
                opened = self.ask(others[0], "POST", "sys/wrapping/unwrap", token=token, status=200)
                self.assertEqual(opened.body["data"].keys(), self.ask(node, "GET", path, status=200).body["data"].keys(), path)
                self.ask(others[1], "POST", "sys/wrapping/unwrap", token=token, status=(400, 403))

    def test_N02_what_is_named_to_another_node_is_known_there(self):
        """Accessors and leases as well as tokens: a standby asks before it says that there is no such thing."""
        for node in self.nodes:
            for other in self.nodes:
                token, made = self.new_token(node, "reader", ttl="1h")
                accessor = {"accessor": made.body["auth"]["accessor"]}
                self.ask(other, "POST", "auth/token/lookup-accessor", accessor, status=200)
                token, made = self.new_token(node, "reader", ttl="1h")
                accessor = {"accessor": made.body["auth"]["accessor"], "paths": ["v1/a"]}
                self.ask(other, "POST", "sys/capabilities-accessor", accessor, status=200)
                token, made = self.new_token(node, "reader", ttl="1h")
                self.ask(other, "POST", "auth/token/lookup", {"token": token}, status=200)

    def test_R03_leases_end_through_a_standby(self):
        self.ask(self.nodes[0], "PUT", "auth/token/roles/r03", {"allowed_policies": "reader", "renewable": True})
        for node in self.standbys():
            one, _ = self.new_token(node, "reader", path="auth/token/create/r03", ttl="1h")
            two, _ = self.new_token(node, "reader", path="auth/token/create/r03", ttl="1h")
            leases = self.ask(node, "LIST", "sys/leases/lookup/auth/token/create/r03", status=200).body["data"]["keys"]
            self.assertEqual(len(leases), 2)
            lease = {"lease_id": f"auth/token/create/r03/{leases[0]}"}
            answers = [self.ask(n, "PUT", "sys/leases/renew", lease, status=None) for n in self.nodes]
            self.assertEqual(len({(a.status, a.raw) for a in answers}), 1, "renewing says the same everywhere")
            self.assertNotIn(answers[0].status, (500, 503))
            self.ask(node, "PUT", "sys/leases/revoke", lease, status=204)
            ended = self.ask(node, "PUT", "sys/leases/revoke-prefix/auth/token/create/r03", status=204)
            for other in self.nodes:
                for token in (one, two):
                    self.ask(other, "GET", "auth/token/lookup-self", token=token, status=403, behind=ended)

    def test_R04_raw_storage_is_written_through_a_standby(self):
        uuid = self.ask(self.nodes[0], "GET", "sys/mounts", status=200).body["data"]["v1/"]["uuid"]
        for node in self.standbys():
            written = self.ask(node, "PUT", f"sys/raw/logical/{uuid}/r04", {"value": '{"value":"raw"}'}, status=204)
            for other in self.nodes:
                self.assertEqual(self.ask(other, "GET", "v1/r04", status=200, behind=written).body["data"]["value"], "raw")
            removed = self.ask(node, "DELETE", f"sys/raw/logical/{uuid}/r04", status=204)
            for other in self.nodes:
                self.ask(other, "GET", "v1/r04", status=404, behind=removed)

    def test_R04_a_policy_removed_by_raw_storage_is_in_force_nowhere(self):
        for node in self.standbys():
            made = self.ask(node, "PUT", "sys/policies/acl/r04", {"policy": 'path "v1/*" { capabilities = ["read"] }'})
            self.ask(node, "PUT", "v1/r04", {"value": "x"})
            token, made = self.new_token(node, "r04")
            for other in self.nodes:
                self.ask(other, "GET", "v1/r04", token=token, status=200, behind=made)
            removed = self.ask(node, "DELETE", "sys/raw/sys/policy/r04", status=204)
            for other in self.nodes:
                self.ask(other, "GET", "v1/r04", token=token, status=403, behind=removed)

    def test_R09_help_is_the_same_everywhere(self):
        for path in ("sys/mounts?help=1", "v1/a?help=1", "auth/token/create?help=1", "sys/no-such-path?help=1"):
            answers = [self.ask(n, "GET", path, status=None) for n in self.nodes]
            self.assertEqual(len({(a.status, json.dumps((a.body or {}).get("help"))) for a in answers}), 1, path)
            self.assertLess(answers[0].status, 500)

    def test_R13_data_of_an_older_layout_is_moved_by_the_active_node_alone(self):
        for node in self.standbys():
            self.ask(node, "PUT", "sys/mounts/r13", {"type": "kv", "options": {"version": "1"}})
            self.ask(node, "PUT", "r13/a", {"value": "old"})
            tuned = self.ask(node, "PUT", "sys/mounts/r13/tune", {"options": {"version": "2"}}, timeout=30)
            written = self.ask(node, "PUT", "r13/data/b", {"data": {"value": "new"}})
            for other in self.nodes:
                self.ask(other, "GET", "sys/mounts/r13/tune", status=200, behind=tuned)
                for key, value in (("a", "old"), ("b", "new")):
                    found = self.ask(other, "GET", f"r13/data/{key}", status=200, behind=written)
                    self.assertEqual(found.body["data"]["data"]["value"], value)
            self.ask(node, "DELETE", "sys/mounts/r13")

    def test_R17_a_body_arrives_whole_however_it_was_sent(self):
        for number, node in enumerate(self.standbys()):
            value = secrets.token_hex(400_000)
            body = json.dumps({"value": value}).encode()
            connection = http.client.HTTPConnection(node.host, API_PORT, timeout=15)
            pieces = (body[at:at + 70_001] for at in range(0, len(body), 70_001))
            sent = [(f"v1/r17a{number}", body, False), (f"v1/r17b{number}", pieces, True)]
            for path, content, chunked in sent:
                headers = {"X-Vault-Token": self.cluster.root} | ({"Transfer-Encoding": "chunked"} if chunked else {})
                connection.request("PUT", "/v1/" + path, content, headers, encode_chunked=chunked)
                answer = connection.getresponse()
                self.assertEqual((answer.status, answer.read()), (204, b""))
                for other in self.nodes:
                    found = self.ask(other, "GET", path, status=200, headers={"X-Vault-Inconsistent": "require-linearizable"})
                    self.assertEqual(found.body["data"]["value"], value)
            connection.close()

    def test_R32_what_was_just_mounted_is_there_on_every_node(self):
        for node in self.nodes:
            for other in self.nodes:
                self.ask(node, "PUT", "sys/mounts/r32", {"type": "kv"})
                absent = self.ask(other, "GET", "r32/none", status=404)
                self.assertEqual(absent.body, {"errors": []}, "the mount is there, the secret is not")
                self.ask(other, "PUT", "r32/a", {"value": "x"}, status=204)
                removed = self.ask(other, "DELETE", "sys/mounts/r32", status=204)
                gone = self.ask(node, "GET", "r32/a", status=404, behind=removed)
                self.assertIn("no handler for route", gone.body["errors"][0])

    def test_R57_pages_end_and_cover_everything_on_every_node(self):
        for number in range(130):
            self.ask(self.nodes[0], "PUT", f"v2/data/r57/k{number:03}", {"data": {"value": "x"}})
        names = [f"k{number:03}" for number in range(130)]
        for node in self.nodes:
            for size in (1, 7, 100, 130, 131):
                found = []
                while page := self.page(node, found[-1] if found else "", size):
                    self.assertLessEqual(len(page), size)
                    found += page
                    self.assertLessEqual(len(found), len(names), "pages go round in a circle")
                self.assertEqual(found, names, f"in pages of {size}")
            self.assertEqual(self.page(node, "", 0), names, "no limit")

    def page(self, node, after, limit):
        answer = self.ask(node, "LIST", f"v2/metadata/r57?after={after}&limit={limit}", status=(200, 404),
                          headers={"X-Vault-Inconsistent": "require-linearizable"})
        return answer.body["data"]["keys"] if answer.status == 200 else []

    def test_R65_a_counter_kept_through_one_standby_loses_no_step(self):
        for node in self.standbys():
            key = f"v1/r65-{node.number}"
            for step in range(150):
                read = self.ask(node, "GET", key, status=(200, 404))
                self.assertEqual(read.body["data"]["value"] if read.status == 200 else 0, step)
                self.ask(node, "PUT", key, {"value": step + 1})

    def test_R65_versions_kept_through_one_standby_lose_no_step(self):
        for node in self.standbys():
            key = f"v2/data/r65-{node.number}"
            for step in range(80):
                read = self.ask(node, "GET", key, status=(200, 404))
                version = read.body["data"]["metadata"]["version"] if read.status == 200 else 0
                self.assertEqual(version, step)
                self.ask(node, "PUT", key, {"options": {"cas": version}, "data": {"step": step}}, status=200)
