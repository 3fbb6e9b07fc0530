"""The network between the nodes' cluster ports: a process that carries every connection, and cuts what it is told to cut.

A cut holds bytes back, as a network does that loses packets: what was sent meanwhile arrives when the cut ends, and no connection is
closed. Each direction is cut by itself, whoever opened the connection. A connection that is opened across a cut carries nothing.

Who speaks is told by the address that a connection comes from (faulty_machine.cc).

  network.py LISTEN=TARGET ...   addresses, whose last number is the node's; answers each line of its input, "cut FROM TO" (nodes) or
                                 "heal", with "ok"
"""
import os
import selectors
import socket
import subprocess
import sys

HELD_MAX = 1 << 20  # bytes of a direction that wait here; then they wait at the sender
PIECE = 1 << 16
CONNECT_SECONDS = 0.5


class Network:
    """The test's handle of that process. Used by one thread."""

    def __init__(self, ways):
        """`ways`: (listen, target) of each node's cluster port, addresses as "host:port"."""
        self.process = subprocess.Popen([sys.executable, __file__, *("=".join(way) for way in ways)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.expect_ok()

    def expect_ok(self):
        if (line := self.process.stdout.readline()) != "ok\n":
            raise RuntimeError(f"the network answered {line!r}")

    def command(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        self.expect_ok()

    def cut(self, sender, receiver):
        """Nothing that `sender` says arrives at `receiver`; the other direction is left alone."""
        self.command("cut", sender, receiver)

    def heal(self):
        self.command("heal")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Carrier:
    """All connections, carried by one thread."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.nodes, self.cuts, self.directions = set(), set(), {}  # directions: by the socket they come from

    # ---- connections
    def listen(self, listen, target):
        listener = socket.create_server(address_of(listen), backlog=64)
        listener.setblocking(False)
        self.nodes.add(address_of(target)[0])
        self.selector.register(listener, selectors.EVENT_READ, lambda _: self.accept(listener, address_of(target)))

    def accept(self, listener, target):
        client, peer = listener.accept()
        server = socket.socket()
        server.settimeout(CONNECT_SECONDS)
        try:
            server.connect(target)
        except OSError:
            client.close()
            server.close()
            return
        dialer, node = node_at(peer), node_at(target)
        if peer[0] not in self.nodes:
            raise SystemExit(f"network: who speaks from {peer[0]}?")
        there, back = Direction(client, server, (dialer, node)), Direction(server, client, (node, dialer))
        there.other, back.other = back, there
        for direction in (there, back):
            direction.source.setblocking(False)
            direction.source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.directions[direction.source] = direction
            self.selector.register(direction.source, selectors.EVENT_READ, self.moved(direction))
        self.look_for(there), self.look_for(back)

    def moved(self, direction):
        """What is done when the socket of `direction`'s source can be read, or written for the other direction."""
        def on(events):
            try:
                if events & selectors.EVENT_READ:
                    direction.take()
            except OSError:
                self.close(direction)
            self.advance(direction), self.advance(direction.other)
        return on

    def advance(self, direction):
        """Passes on what may pass."""
        try:
            if direction.way not in self.cuts and direction.source in self.directions:
                direction.pass_on()
        except OSError:
            self.close(direction)
        self.look_for(direction), self.look_for(direction.other)

    def look_for(self, direction):
        """What the source's socket is watched for: more to take, room for what the other direction holds."""
        if direction.source not in self.directions:
            return
        events = selectors.EVENT_READ if direction.takes() else 0
        if direction.other.held and direction.other.way not in self.cuts:
            events |= selectors.EVENT_WRITE
        if direction.told_end and direction.other.told_end:
            self.close(direction)
        elif direction.watched != events:
            if direction.watched:
                self.selector.unregister(direction.source)
            if events:
                self.selector.register(direction.source, events, self.moved(direction))
            direction.watched = events

    def close(self, direction):
        for one in (direction, direction.other):
            if self.directions.pop(one.source, None) and one.watched:
                self.selector.unregister(one.source)
            one.source.close()

    # ---- commands
    def obey(self, line):
        match line.split():
            case ["cut", sender, receiver]:
                self.cuts.add((int(sender), int(receiver)))
            case ["heal"]:
                self.cuts.clear()
            case _:
                raise SystemExit(f"network: what is {line!r}")
        for direction in list(self.directions.values()):
            self.advance(direction)

    def carry(self):
        os.set_blocking(sys.stdin.fileno(), False)
        rest = b""

        def on_command(_):
            nonlocal rest
            text = os.read(sys.stdin.fileno(), PIECE)
            if not text:
                raise SystemExit(0)
            *lines, rest = (rest + text).split(b"\n")
            for line in lines:
                self.obey(line.decode())
                print("ok", flush=True)

        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, on_command)
        print("ok", flush=True)
        while True:
            for key, events in self.selector.select():
                # A handler before this one may have closed the connection.
                if isinstance(key.fileobj, int) or key.fileobj.fileno() >= 0:
                    key.data(events)


class Direction:
    """The bytes of one connection that come from `source`, to be passed on to `sink`; `way`: sender and receiver."""

    def __init__(self, source, sink, way):
        self.source, self.sink, self.way, self.other = source, sink, way, None
        self.held, self.ended, self.told_end, self.watched = bytearray(), False, False, selectors.EVENT_READ

    def takes(self):
        return not self.ended and len(self.held) < HELD_MAX

    def take(self):
        try:
            piece = self.source.recv(PIECE)
        except BlockingIOError:
            return
        self.held += piece
        self.ended = not piece

    def pass_on(self):
        if self.held:
            try:
                del self.held[:self.sink.send(self.held)]
            except BlockingIOError:
                return
        if self.ended and not self.held and not self.told_end:
            self.told_end = True
            self.sink.shutdown(socket.SHUT_WR)


def address_of(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def node_at(address):
    return int(address[0].rsplit(".", 1)[1])


if __name__ == "__main__":
    carrier = Carrier()
    for argument in sys.argv[1:]:
        carrier.listen(*argument.split("="))
    carrier.carry()
