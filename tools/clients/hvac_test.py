#!/usr/bin/python3
"""Debian's python3-hvac against a real node: what Python programs do. hvac_test.py BAO"""
import sys
import unittest

import hvac
from hvac import exceptions

from node import Node

node = None


class WithNode(unittest.TestCase):
    def setUp(self):
        self.client = hvac.Client(url=node.address, token=node.root_token, verify=node.ca)

    def restricted(self, policy, **options):
        name = self.id().rsplit(".", 1)[1]
        self.client.sys.create_or_update_policy(name, policy)
        made = self.client.auth.token.create(policies=[name], **options)["auth"]
        return hvac.Client(url=node.address, token=made["client_token"], verify=node.ca), made


class KeyValueOne(WithNode):
    def setUp(self):
        super().setUp()
        self.client.sys.enable_secrets_engine("kv", path="one", options={"version": "1"})
        self.addCleanup(self.client.sys.disable_secrets_engine, "one")
        self.kv = self.client.secrets.kv.v1

    def test_a_secret_is_written_read_listed_and_deleted(self):
        self.kv.create_or_update_secret("app/db", secret={"user": "u", "n": 12345678901234567890, "deep": {"a": [1, None]}}, mount_point="one")
        answer = self.kv.read_secret("app/db", mount_point="one")
        self.assertEqual(answer["data"], {"user": "u", "n": 12345678901234567890, "deep": {"a": [1, None]}})
        self.assertEqual(answer["lease_duration"], 2764800)
        self.assertEqual(self.kv.list_secrets("", mount_point="one")["data"]["keys"], ["app/"])
        self.kv.delete_secret("app/db", mount_point="one")
        with self.assertRaises(exceptions.InvalidPath):
            self.kv.read_secret("app/db", mount_point="one")

    def test_an_empty_secret_is_refused(self):
        with self.assertRaises(exceptions.InvalidRequest):
            self.kv.create_or_update_secret("nothing", secret={}, mount_point="one")


class KeyValueTwo(WithNode):
    def setUp(self):
        super().setUp()
        self.client.sys.enable_secrets_engine("kv", path="two", options={"version": "2"})
        self.addCleanup(self.client.sys.disable_secrets_engine, "two")
        self.kv = self.client.secrets.kv.v2

    def write(self, path, value, **options):
        return self.kv.create_or_update_secret(path, secret=value, mount_point="two", **options)

    def test_versions_are_kept_and_come_back(self):
        self.write("a", {"n": 1})
        self.write("a", {"n": 2})
        self.assertEqual(self.kv.read_secret_version("a", mount_point="two")["data"]["data"], {"n": 2})
        self.assertEqual(self.kv.read_secret_version("a", version=1, mount_point="two")["data"]["data"], {"n": 1})
        self.kv.delete_latest_version_of_secret("a", mount_point="two")
        with self.assertRaises(exceptions.InvalidPath):
            self.kv.read_secret_version("a", mount_point="two")
        self.kv.undelete_secret_versions("a", versions=[2], mount_point="two")
        self.assertEqual(self.kv.read_secret_version("a", mount_point="two")["data"]["data"], {"n": 2})
        self.kv.destroy_secret_versions("a", versions=[1], mount_point="two")
        metadata = self.kv.read_secret_metadata("a", mount_point="two")["data"]
        self.assertTrue(metadata["versions"]["1"]["destroyed"])
        self.assertEqual(metadata["current_version"], 2)
        self.kv.delete_metadata_and_all_versions("a", mount_point="two")
        with self.assertRaises(exceptions.InvalidPath):
            self.kv.read_secret_metadata("a", mount_point="two")

    def test_check_and_set(self):
        self.write("c", {"n": 1}, cas=0)
        with self.assertRaises(exceptions.InvalidRequest):
            self.write("c", {"n": 2}, cas=0)
        self.write("c", {"n": 2}, cas=1)
        self.kv.patch("c", secret={"more": "x"}, mount_point="two")
        self.assertEqual(self.kv.read_secret_version("c", mount_point="two")["data"]["data"], {"n": 2, "more": "x"})

    def test_configuration_and_metadata(self):
        self.kv.configure(max_versions=3, cas_required=False, mount_point="two")
        self.assertEqual(self.kv.read_configuration(mount_point="two")["data"]["max_versions"], 3)
        for n in range(5):
            self.write("m", {"n": n})
        self.assertEqual(sorted(self.kv.read_secret_metadata("m", mount_point="two")["data"]["versions"]), ["3", "4", "5"])
        self.kv.update_metadata("m", max_versions=4, mount_point="two")  # the larger of the key's and the mount's counts
        self.write("m", {"n": 9})
        self.assertEqual(sorted(self.kv.read_secret_metadata("m", mount_point="two")["data"]["versions"]), ["3", "4", "5", "6"])
        self.assertEqual(self.kv.list_secrets("", mount_point="two")["data"]["keys"], ["m"])


class Tokens(WithNode):
    def test_a_token_lives_and_dies_with_its_parent(self):
        parent = self.client.auth.token.create(policies=["root"], ttl="1h")["auth"]
        child = hvac.Client(url=node.address, token=parent["client_token"], verify=node.ca).auth.token.create(policies=["default"])["auth"]
        living = hvac.Client(url=node.address, token=child["client_token"], verify=node.ca)
        self.assertTrue(living.is_authenticated())
        self.client.auth.token.revoke(parent["client_token"])
        self.assertFalse(living.is_authenticated())

    def test_lookup_renew_and_accessors(self):
        client, made = self.restricted('path "one/*" { capabilities = ["read"] }', ttl="1h", renewable=True, meta={"team": "a"})
        data = client.auth.token.lookup_self()["data"]
        self.assertEqual(data["meta"], {"team": "a"})
        self.assertLessEqual(data["ttl"], 3600)
        self.assertEqual(client.auth.token.renew_self(increment="30m")["auth"]["lease_duration"], 1800)
        by_accessor = self.client.auth.token.lookup_accessor(made["accessor"])["data"]
        self.assertEqual((by_accessor["accessor"], by_accessor["id"]), (made["accessor"], ""))
        self.assertIn(made["accessor"], self.client.auth.token.list_accessors()["data"]["keys"])
        self.client.auth.token.revoke_accessor(made["accessor"])
        self.assertFalse(client.is_authenticated())

    def test_a_limited_token_is_spent(self):
        client, _ = self.restricted('path "sys/mounts" { capabilities = ["read"] }', num_uses=2)
        client.sys.list_mounted_secrets_engines()
        client.sys.list_mounted_secrets_engines()
        with self.assertRaises(exceptions.Forbidden):
            client.sys.list_mounted_secrets_engines()

    def test_roles(self):
        self.client.write("auth/token/roles/r", allowed_policies=["default"], orphan=True, token_period="1h")
        made = self.client.auth.token.create(role_name="r", policies=["default"])["auth"]
        self.assertTrue(made["orphan"])
        self.assertEqual(made["lease_duration"], 3600)
        self.client.auth.token.delete_role("r")


class Policies(WithNode):
    def test_a_policy_decides(self):
        self.client.sys.enable_secrets_engine("kv", path="pol", options={"version": "1"})
        self.addCleanup(self.client.sys.disable_secrets_engine, "pol")
        client, _ = self.restricted('path "pol/open/*" { capabilities = ["create", "read"] }')
        client.secrets.kv.v1.create_or_update_secret("open/x", secret={"a": "b"}, method="POST", mount_point="pol")
        self.assertEqual(client.secrets.kv.v1.read_secret("open/x", mount_point="pol")["data"], {"a": "b"})
        for path in ("shut/x", "open"):
            with self.assertRaises(exceptions.Forbidden):
                client.secrets.kv.v1.read_secret(path, mount_point="pol")

    def test_policies_are_listed_and_removed(self):
        self.client.sys.create_or_update_policy("gone", 'path "x" { capabilities = ["read"] }')
        self.assertIn("gone", self.client.sys.list_policies()["data"]["policies"])
        self.assertIn("capabilities", self.client.sys.read_policy("gone")["data"]["rules"])
        self.client.sys.delete_policy("gone")
        self.assertNotIn("gone", self.client.sys.list_policies()["data"]["policies"])

    def test_a_broken_policy_is_refused(self):
        with self.assertRaises(exceptions.InvalidRequest):
            self.client.sys.create_or_update_policy("broken", 'path "x" { capabilities = ["read"')

    def test_capabilities(self):
        client, made = self.restricted('path "pol/a" { capabilities = ["read", "list"] }')
        answer = self.client.sys.get_capabilities(["pol/a"], token=made["client_token"])
        self.assertEqual(sorted(answer["data"]["capabilities"]), ["list", "read"])


class Wrapping(WithNode):
    def test_a_wrapped_answer_is_read_once(self):
        wrapped = self.client.adapter.post("/v1/sys/wrapping/wrap", json={"a": "b"}, headers={"X-Vault-Wrap-TTL": "60"})["wrap_info"]
        self.assertEqual(self.client.sys.unwrap(wrapped["token"])["data"], {"a": "b"})
        with self.assertRaises(exceptions.InvalidRequest):
            self.client.sys.unwrap(wrapped["token"])

    def test_a_wrapped_token(self):
        wrapped = self.client.auth.token.create(policies=["default"], wrap_ttl="60s")
        self.assertIsNone(wrapped["auth"])
        inner = hvac.Client(url=node.address, token=wrapped["wrap_info"]["token"], verify=node.ca).sys.unwrap()
        self.assertEqual(inner["auth"]["accessor"], wrapped["wrap_info"]["wrapped_accessor"])


class ZSeal(WithNode):  # last: it seals the node
    def test_seal_and_unseal(self):
        self.client.sys.enable_secrets_engine("kv", path="kept", options={"version": "2"})
        self.client.secrets.kv.v2.create_or_update_secret("k", secret={"a": 1}, mount_point="kept")
        self.client.sys.seal()
        self.assertTrue(self.client.sys.is_sealed())
        with self.assertRaises(exceptions.VaultDown):
            self.client.secrets.kv.v2.read_secret_version("k", mount_point="kept")
        first = self.client.sys.submit_unseal_key(node.shares[0])
        self.assertEqual((first["sealed"], first["progress"], first["t"], first["n"]), (True, 1, 2, 3))
        self.assertFalse(self.client.sys.submit_unseal_key(node.shares[2])["sealed"])
        node.wait_for(200)
        self.assertEqual(self.client.secrets.kv.v2.read_secret_version("k", mount_point="kept")["data"]["data"], {"a": 1})

    def test_the_health_of_a_node(self):
        self.assertTrue(self.client.sys.is_initialized())
        self.assertEqual(self.client.sys.read_health_status(method="GET")["initialized"], True)


if __name__ == "__main__":
    with Node(sys.argv.pop(1)) as node:
        node.initialize()
        unittest.main(verbosity=1, warnings="ignore")
