"""The machine of a node, as the test lets it fail: faulty_machine.cc reads what is written here."""
import mmap
import os
import struct

HANG_MS = 3_600_000  # a sync that doesn't come back before the disk is mended


class Machine:
    def __init__(self, library, path, address):
        path.write_bytes(self.state(0, -1, 0))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": str(library), "BAO_TEST_MACHINE": str(path), "BAO_TEST_ADDRESS": address,
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    @staticmethod
    def state(sync_ms, free_bytes, no_room):
        return struct.pack("=qqq", sync_ms, free_bytes, no_room)

    def become(self, sync_ms=0, free_bytes=-1, no_room=0):
        self.memory[:] = self.state(sync_ms, free_bytes, no_room)

    def mend(self):
        self.become()
