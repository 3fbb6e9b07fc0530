"""Marks: texts that occur nowhere else, each remembered with where it was planted; found raw, as hex, as base64 and as base64 of a
text in which they begin anywhere."""
import base64
import re

PREFIX = "Mk7Leak"


class Marks:
    def __init__(self, random):
        self.random, self.planted = random, {}

    def new(self, where):
        """Letters, digits, and at the end what JSON, HTML and URLs escape each in their way."""
        core = PREFIX + "".join(self.random.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=12))
        self.planted[core] = where
        return core + "&\"z"

    def plain(self, where):
        """For places that take letters alone: headers, identifiers."""
        return self.new(where)[:-3]

    @staticmethod
    def forms():
        """What every mark begins with, in each encoding: a pattern of bytes and what it is called."""
        yield "raw", re.escape(PREFIX.encode()) + rb"[a-zA-Z]{12}"
        hexed = PREFIX.encode().hex()
        yield "hex", b"(?i:" + hexed.encode() + rb")(?:[0-9a-fA-F]{24})"
        for offset in range(3):
            # The first and the last group of four depend on what stands around.
            encoded = base64.b64encode(b"\0" * offset + PREFIX.encode()).decode()
            stable = encoded[4 if offset else 0:len(encoded) // 4 * 4 - 4]
            for alphabet in {stable, stable.replace("+", "-").replace("/", "_")}:
                yield f"base64, {offset} bytes on", re.escape(alphabet.encode())

    def found_in(self, content):
        """(which encoding, where it was planted or "?", what stands around)"""
        for name, pattern in self.forms():
            for match in re.finditer(pattern, content):
                around = content[max(0, match.start() - 120):match.end() + 60]
                core = match[0].decode() if name == "raw" else bytes.fromhex(match[0].decode()).decode(errors="replace") if name == "hex" else ""
                yield name, self.planted.get(core, "?"), around
