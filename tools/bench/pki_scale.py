#!/usr/bin/env python3
"""A PKI mount with very many certificates: do start, issuing and memory stay as they were, and is a long revocation list built in time?

  pki_scale.py --bao PATH [--certificates 1000000] [--revoked 100000] [--seconds 5] [--check]

A real node (bench.py's: raft storage on disk, TLS) is measured with an empty mount, then filled, then measured again. What fills it are
copies of one issued certificate with other serial numbers, written below the mount by sys/raw: as issuing stores them, without the
price of a signature each. The copies' signatures are wrong, which nobody looks at in a certificate that is stored. Then the revocation
list is rebuilt while clients have certificates issued.

With --check the exit status is 1 when something grew with the number of certificates: for a test, with bounds that a busy machine keeps.
"""
import base64
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
import bench  # noqa: E402
import scale  # noqa: E402
from scale import CONNECTIONS, memory  # noqa: E402

VARIED_BYTES = 6  # of a serial number; they are 8 characters of base64
ISSUE = '"{\\"common_name\\":\\"host.bench\\",\\"ttl\\":\\"1h\\"}"'
LIST_WITHIN_S = 2
ENTRY_BYTES_MIN = 30  # of a list


class Copies:
    """One certificate with a place in its serial number that can be varied without a look at the rest, in DER, base64 and key."""

    def __init__(self, pem, serial):
        der = base64.b64decode("".join(pem.strip().splitlines()[1:-1]))
        number = bytes.fromhex(serial.replace(":", ""))
        at = der.index(number)
        first = at + 3 + -at % 3  # base64 turns three bytes into four characters; the first bytes keep the number's length
        varied = slice(first - at, first - at + VARIED_BYTES)
        key = [f"{byte:02x}" for byte in number]
        key[varied] = ["@HEX@"]
        self.key = "-".join(key)
        text = base64.b64encode(der).decode()
        self.base64 = text[:first // 3 * 4] + "@BASE64@" + text[(first + VARIED_BYTES) // 3 * 4:]


FILL = """
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local headers = {["X-Vault-Token"] = "%(token)s", ["Content-Type"] = "application/json"}
local sent, answered, bad = 0, 0, 0
function request()
  sent = sent + 1
  -- Odd times anything is one to one, and serial numbers come in no order, as random ones do.
  local number = ((sent %% %(count)d) * 2654435761) %% 281474976710656
  local hex = string.format("%%012x", number):gsub("..", "%%0-", 5)
  local text = ""
  for _ = 1, 8 do
    local digit = number %% 64 + 1
    text = letters:sub(digit, digit) .. text
    number = math.floor(number / 64)
  end
  return wrk.format("PUT", "%(before)s" .. hex .. "%(after)s", headers, [==[%(body_before)s]==] .. text .. [==[%(body_after)s]==])
end
function response(status)
  if status < 200 or status > 299 then bad = bad + 1 end
  answered = answered + 1
  if answered >= %(count)d + %(connections)d then os.exit(bad == 0) end  -- wrk itself would wait for its time to be over
end
"""


def fill(node, path, copies, body, count):
    """`count` entries below a path of storage."""
    before, after = copies.key.split("@HEX@")
    body_before, body_after = body.split("@BASE64@")
    script = node.dir / "fill.lua"
    script.write_text(FILL % {"token": node.token, "count": count, "connections": CONNECTIONS, "before": f"/v1/sys/raw/{path}{before}",
                              "after": after, "body_before": body_before, "body_after": body_after})
    subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", "-d3600s", "--timeout", "20s", "-s", script, f"https://127.0.0.1:{node.ports[0]}"],
                   stdout=subprocess.DEVNULL, check=True, timeout=3600)


def wait_for_check(node):
    """A large database is checked after a start, beside the requests (internal/storage/raft/README.md): no part of what issuing costs."""
    while True:
        log = (node.dir / "n0.log").read_text()
        if log.count("it is checked in the background") == log.count("the whole database is checked and sound"):
            return
        time.sleep(0.2)


def figures(node, seconds):
    """Start, memory and issuing as they are now."""
    found = scale.restarted(node, lambda: node.must("POST", "pki/issue/passing", {"common_name": "host.bench", "ttl": "1h"}))
    wait_for_check(node)
    issue = {role: bench.wrk(node, bench.lua("POST", f'"/v1/pki/issue/{role}"', node.token, ISSUE), 16, seconds) for role in ("passing", "kept")}
    if any(each["errors"] for each in issue.values()):
        raise RuntimeError("certificates were refused")
    return {**found, "MiB after issuing": memory(node),
            "issue us of CPU": issue["passing"]["cpu"], "issue p99 ms": issue["passing"]["p99"],
            "stored issue us of CPU": issue["kept"]["cpu"], "stored issue p99 ms": issue["kept"]["p99"]}


def list_of(node):
    connection = node.connect()
    connection.request("GET", "/v1/pki/crl")
    der = connection.getresponse().read()
    connection.close()
    return der


def rebuild(node, revoked):
    """How long it takes from asking for a rebuild until the list with that many entries is served."""
    began = time.time()
    node.must("GET", "pki/crl/rotate")
    while len(list_of(node)) < revoked * ENTRY_BYTES_MIN:
        time.sleep(0.02)
    return time.time() - began


def listed(node):
    """How many certificates the revocation list of now holds."""
    text = subprocess.run(["openssl", "crl", "-inform", "der", "-noout", "-text"], input=list_of(node), stdout=subprocess.PIPE, check=True).stdout
    return len(re.findall(rb"Serial Number:", text))


def rebuild_under_load(node, revoked, seconds):
    """Rebuilds while others have certificates issued: the times of the rebuilds, and how issuing went."""
    times, stop = [], threading.Event()

    def work():
        while not stop.is_set():
            times.append(rebuild(node, revoked))

    thread = threading.Thread(target=work)
    thread.start()
    issue = bench.wrk(node, bench.lua("POST", '"/v1/pki/issue/passing"', node.token, ISSUE), 4, seconds)
    stop.set()
    thread.join()
    return times, issue


def set_up(node):
    config = node.dir / "n0.hcl"
    config.write_text("raw_storage_endpoint = true\n" + config.read_text())
    node.up()
    node.must("POST", "sys/mounts/pki", {"type": "pki", "config": {"max_lease_ttl": "87600h"}})
    node.must("POST", "pki/root/generate/internal", {"common_name": "bench", "key_type": "ec", "key_bits": 256, "ttl": "8760h"})
    for role, no_store in (("passing", True), ("kept", False)):
        node.must("POST", f"pki/roles/{role}", {"allow_any_name": True, "key_type": "ec", "key_bits": 256, "no_store": no_store, "max_ttl": "720h"})


def fill_mount(node, certificates, revoked):
    storage = "logical/" + node.must("GET", "sys/mounts/pki")["data"]["uuid"] + "/"
    issued = node.must("POST", "pki/issue/passing", {"common_name": "host.bench", "ttl": "700h"})["data"]
    copies = Copies(issued["certificate"], issued["serial_number"])
    issuer = node.must("GET", "pki/config/issuers")["data"]["default"]
    began = time.time()
    fill(node, storage + "certs/", copies, '{"encoding":"base64","value":"' + copies.base64 + '"}', certificates)
    entry = (f'{{\\"certificate_bytes\\":\\"{copies.base64}\\",\\"revocation_time\\":{int(began)},'
             f'\\"revocation_time_utc\\":\\"{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))}\\",\\"issuer_id\\":\\"{issuer}\\"}}\\n')
    fill(node, storage + "revoked/", copies, f'{{"value":"{entry}"}}', revoked)
    print(f"filled in {time.time() - began:.0f} s", flush=True)


def measure(node, options):
    set_up(node)
    empty = figures(node, options.seconds)
    fill_mount(node, options.certificates, options.revoked)
    full = figures(node, options.seconds)
    scale.show(empty, full, options.certificates)
    first = rebuild(node, options.revoked)
    quiet = bench.wrk(node, bench.lua("POST", '"/v1/pki/issue/passing"', node.token, ISSUE), 4, options.seconds)
    times, busy = rebuild_under_load(node, options.revoked, options.seconds)
    entries = listed(node)
    print(f"list of {entries}: {first:.2f} s the first time, beside issuing {min(times):.2f} to {max(times):.2f} s; "
          f"issue p50 {quiet['p50']:.2f} -> {busy['p50']:.2f} ms, p99 {quiet['p99']:.2f} -> {busy['p99']:.2f} ms, {busy['errors']} refused")
    wrong = scale.starts_later(empty, full)
    if entries != options.revoked:
        wrong.append(f"{entries} certificates are listed of {options.revoked}")
    if full["MiB after start"] > empty["MiB after start"] + 20:
        wrong.append("more memory is needed")
    if full["issue us of CPU"] > 2 * empty["issue us of CPU"]:
        wrong.append("issuing costs more")
    if min(first, min(times)) > LIST_WITHIN_S:
        wrong.append(f"no list is built within {LIST_WITHIN_S} s")
    if busy["errors"]:
        wrong.append("a rebuild keeps certificates from being issued")
    return wrong


if __name__ == "__main__":
    sys.exit(scale.main(measure, certificates=1_000_000, revoked=100_000))
