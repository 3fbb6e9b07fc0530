#!/usr/bin/env python3
"""Style as a test: dependencies point downward, heavy headers have one home, no std::regex, every folder says what it is.

Prints each violation as file:line and exits 1 when there is one. The order and the homes are ARCHITECTURE section 3
and D19, repeated in internal/README.md. The tests that internal/testing/REGRESSIONS.md and NEGATIVE.md name exist, and
so do the functions that READMEs lead through.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A folder may include from a lower level, from itself and from what its own line allows at the same level.
LEVELS = {
    "base": 0,
    "net": 1, "crypto": 1, "codec": 1, "sqlite": 1,
    "raft": 2, "archive": 2, "bbolt": 2, "cel": 2, "text_template": 2, "profiling": 2,
    "storage": 3, "request_profile": 3,
    "barrier": 4,
    "logical": 5,
    "config": 6, "engines": 6, "auth": 6,
    "core": 7,
    "cluster": 8, "http": 8, "testing": 8,
    "api": 3, "cli": 4,
    "server": 9,
    "migration": 10, "diagnose": 10,
}
SAME_LEVEL = {("codec", "crypto"), ("sqlite", "crypto"), ("http", "testing"), ("cluster", "testing")}
FORBIDDEN = {("core", "http"), ("http", "cli"), ("cli", "barrier"), ("cli", "storage"), ("api", "storage")}
HOMES = [  # pattern of the header, folders that may include it
    (r"boost/", {"http"}),
    (r"httplib\.h", {"api"}),
    (r"nghttp2/", {"raft"}),
    (r"toml\+\+/", {"config"}),
    (r"CLI/", {"cli"}),
    (r"openssl/", {"crypto"}),
    (r"ares\.h", {"net"}),
    (r"sqlite3\.h", {"sqlite"}),
    (r"crypt\.h", {"crypto"}),
    (r"rnp/", {"crypto"}),
    (r"re2/", {"codec"}),
    (r"(zlib|snappy)", {"codec"}),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def folder_of(path):
    return Path(path).parts[1] if Path(path).parts[0] == "internal" else None


def violations_of(path, text):
    name = path.relative_to(ROOT)
    own = folder_of(name)
    for number, line in enumerate(text.splitlines(), 1):
        if "std::regex" in line and "never std::regex" not in line:
            yield f"{name}:{number}: std::regex overflows small stacks; use RE2 (D16)"
        found = INCLUDE.match(line)
        if not found:
            continue
        header = found[1]
        if header.startswith("internal/"):
            other = folder_of(header)
            if header.startswith("internal/testing/linear/"):  # a leaf: it stands on base alone, any test may use it
                continue
            if own == "testing" and name.parts[2] == "linear" and other != "base":
                yield f"{name}:{number}: testing/linear sees base alone"
            if own and other != own and (own, other) not in SAME_LEVEL and (
                    LEVELS[other] >= LEVELS[own] or (own, other) in FORBIDDEN):
                yield f"{name}:{number}: {own} must not see {other} (an arrow that goes up)"
            if own == "raft" and name.parts[2] == "core" and other != "base" and not header.startswith("internal/raft/core/"):
                yield f"{name}:{number}: raft/core sees base alone (D2)"
            if own in ("engines", "auth") and other == own and Path(header).parts[2] != name.parts[2]:
                yield f"{name}:{number}: engines never see each other"
            continue
        for pattern, homes in HOMES:
            if re.match(pattern, header) and own not in homes:
                yield f"{name}:{number}: <{header}> has its home in {', '.join(sorted(homes))}"


REGRESSIONS, ROWS = Path("internal/testing/REGRESSIONS.md"), 65
NEGATIVE, CLASSES = Path("internal/testing/NEGATIVE.md"), 16
NAMED_TEST = r"`([\w/]+: \w[\w.]+|testdata/[\w./]+)`"


def test_named(name):
    """(where it is, its name with the comment above), ("", "") where it isn't. Names as REGRESSIONS.md tells."""
    if name.startswith("testdata/"):
        text = (ROOT / name).read_text() if (ROOT / name).exists() else ""
        return (name, text) if text else ("", "")
    folder, test = name.split(": ")
    if folder == "cluster_test":
        files, pattern = (ROOT / "tools/cluster_test").glob("*.py"), rf"def {re.escape(test)}\("
    else:
        suite, case = test.split(".")
        files, pattern = (ROOT / "internal" / folder).glob("*_test.cc"), rf"TEST(_F|_P)?\({suite}, {case}\)"
    for path in files:
        text = path.read_text()
        if at := re.search(pattern, text):
            return str(path.relative_to(ROOT)), text[text.rfind("\n\n", 0, at.start()) + 2:at.end()]
    return "", ""


def untested_regressions():
    rows = []
    for number, line in enumerate((ROOT / REGRESSIONS).read_text().splitlines(), 1):
        row = re.match(r"\| (R-(\d\d)) \|.*\| (.*) \|$", line)
        names = re.findall(NAMED_TEST, line) if line.startswith("| ") else []
        if not row:
            yield from (f"{REGRESSIONS}:{number}: there is no test {name}" for name in names if not test_named(name)[0])
            continue
        rows.append(int(row[2]))
        if not names and not re.search(r"\b(yet|not|none|no)\b", row[3]):
            yield f"{REGRESSIONS}:{number}: {row[1]} names no test and does not say why"
        for name in names:
            where, text = test_named(name)
            if not where:
                yield f"{REGRESSIONS}:{number}: there is no test {name}"
            elif row[1] not in text and row[1].replace("-", "") not in text:
                yield f"{where}: {name} does not say that it is about {row[1]}"
    if rows != list(range(1, ROWS + 1)):
        yield f"{REGRESSIONS}: every row from R-01 to R-{ROWS} stands there once, in order"


def untested_classes():
    classes = []
    for number, line in enumerate((ROOT / NEGATIVE).read_text().splitlines(), 1):
        if not (row := re.match(r"\| S(\d\d) \|", line)):
            continue
        classes.append(int(row[1]))
        names = re.findall(NAMED_TEST, line)
        if not names:
            yield f"{NEGATIVE}:{number}: S{row[1]} names no test"
        yield from (f"{NEGATIVE}:{number}: there is no test {name}" for name in names if not test_named(name)[0])
    if classes != list(range(1, CLASSES + 1)):
        yield f"{NEGATIVE}: every class from S01 to S{CLASSES} stands there once, in order"


def stale_walks():
    """READMEs that lead through the code name `folder/file.cc: function`: both have to be there."""
    for path in (ROOT / "internal").rglob("README.md"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for file, function in re.findall(r"`([\w/]+\.(?:cc|h)): ([\w:]+)`", line):
                source = ROOT / "internal" / file
                text = source.read_text() if source.exists() else ""
                if not re.search(rf"\b{re.escape(function)}\(", text):
                    yield f"{path.relative_to(ROOT)}:{number}: internal/{file} has no {function}"


def main():
    found = []
    sources = [p for top in ("internal", "cmd", "tools") for p in (ROOT / top).rglob("*") if p.suffix in (".h", ".cc")]
    for path in sorted(sources):
        found += violations_of(path, path.read_text())
    for path in sorted({p.parent for p in sources if "internal" in p.parts}):
        if not (path / "README.md").exists():
            found.append(f"{path.relative_to(ROOT)}: no README.md says what this folder is for")
    found += [*untested_regressions(), *untested_classes(), *stale_walks()]
    print("\n".join(found) or f"{len(sources)} files: every arrow points downward")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
