"""What clients saw, as internal/testing/linear reads it (README.md there says how a line looks).

A node promises to everybody what the checker knows as a session: whoever reads there finds what was acknowledged there, and nothing
older than what was read there. So the client of a line is the node and its life; the values name the thread that wrote them.
"""
import threading

OK, MISMATCH, REFUSED, UNKNOWN = "ok", "mismatch", "refused", "unknown"


class History:
    """Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.lines, self.acknowledged, self.keys = [], [], set()
        self.counts = {}

    def add(self, call, end, life, outcome, kind, key, *values):
        """`life`: of the node that answered, None where it promises nothing (it said so, or was restarted meanwhile).
        `values`: expected and written of a cas, what was put, what was found (None: absent)."""
        words = [str(call), str(end), life or "-", life or "-", "-", outcome, kind, key, *("-" if v is None else v for v in values)]
        with self.lock:
            self.lines.append(" ".join(words))
            self.keys.add(key)
            self.counts[(kind, outcome)] = self.counts.get((kind, outcome), 0) + 1
            if outcome == OK and kind in ("put", "cas"):
                self.acknowledged.append(end)

    def writes(self):
        with self.lock:
            return len(self.acknowledged)

    def longest_gap(self, since, until):
        """The longest time, in seconds, within [since, until] without an acknowledged write."""
        with self.lock:
            times = sorted(t for t in self.acknowledged if since < t < until)
        marks = [since, *times, until]
        return max(b - a for a, b in zip(marks, marks[1:])) / 1e9

    def save(self, path):
        with self.lock:
            path.write_text("\n".join(self.lines) + "\n")
