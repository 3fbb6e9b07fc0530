"""A DNS server for the test: every name below `acme.test` is at an address, and TXT records are files that hooks write.

Records of NAME are the files of FOLDER/NAME; the hook is this file as a program, as certbot and lego call it:
  dns_server.py FOLDER present|cleanup NAME TEXT      (lego's exec provider, by way of a script)
  dns_server.py FOLDER certbot-present|certbot-cleanup   (CERTBOT_DOMAIN, CERTBOT_VALIDATION)
"""
import hashlib
import os
import socketserver
import struct
import sys
import threading
from pathlib import Path

A, SOA, TXT = 1, 6, 16
ZONE = "acme.test"


def write_record(folder, name, text):
    place = Path(folder) / name.rstrip(".").lower()
    place.mkdir(parents=True, exist_ok=True)
    (place / hashlib.sha256(text.encode()).hexdigest()).write_text(text)


def remove_record(folder, name, text):
    (Path(folder) / name.rstrip(".").lower() / hashlib.sha256(text.encode()).hexdigest()).unlink(missing_ok=True)


def name_bytes(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


class Zone:
    def __init__(self, folder, addresses):
        self.folder, self.addresses = Path(folder), addresses  # of names; of others below the zone 127.0.0.1

    def data(self, name, kind):
        if kind == A and name.endswith("." + ZONE):
            return [bytes(map(int, self.addresses.get(name, "127.0.0.1").split(".")))]
        if kind == SOA and name == ZONE:
            return [name_bytes("ns." + ZONE) + name_bytes("admin." + ZONE) + struct.pack(">5I", 1, 60, 60, 60, 60)]
        if kind == TXT and (self.folder / name).is_dir():
            texts = [file.read_bytes() for file in sorted((self.folder / name).iterdir())]
            return [b"".join(bytes([len(t[i:i + 255])]) + t[i:i + 255] for i in range(0, len(t), 255)) for t in texts]
        return []

    def answer(self, query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind, = struct.unpack(">H", query[at + 1:at + 3])
        found = self.data(".".join(labels).lower(), kind)
        records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1, len(data)) + data for data in found)
        return query[:2] + struct.pack(">5H", 0x8580, 1, len(found), 0, 0) + query[12:at + 5] + records


def serve(folder, addresses, address=("127.0.0.1", 53)):
    """Until the process ends."""
    zone = Zone(folder, addresses)

    class OverUdp(socketserver.BaseRequestHandler):
        def handle(self):
            query, socket = self.request
            socket.sendto(zone.answer(query), self.client_address)

    class OverTcp(socketserver.StreamRequestHandler):
        def handle(self):
            size, = struct.unpack(">H", self.rfile.read(2))
            answer = zone.answer(self.rfile.read(size))
            self.wfile.write(struct.pack(">H", len(answer)) + answer)

    for server in (socketserver.ThreadingUDPServer(address, OverUdp), socketserver.ThreadingTCPServer(address, OverTcp)):
        threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    what = sys.argv[2]
    if what.startswith("certbot-"):
        name, text = "_acme-challenge." + os.environ["CERTBOT_DOMAIN"], os.environ["CERTBOT_VALIDATION"]
    else:
        name, text = sys.argv[3], sys.argv[4]
    (write_record if what.endswith("present") else remove_record)(sys.argv[1], name, text)
