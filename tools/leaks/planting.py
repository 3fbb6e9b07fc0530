"""Requests to every endpoint that a node tells of, with marks in every field."""
import itertools

# What would end the run: nodes that are sealed or leave, tokens and mounts that are needed, storage that is overwritten.
NOT_CALLED = ("/sys/seal", "/sys/step-down", "/sys/init", "/sys/storage/raft/remove-peer", "/sys/storage/raft/snapshot", "/sys/storage/raft/demote",
              "/sys/storage/raft/join", "/sys/raw", "/sys/monitor", "/sys/loggers", "/sys/revoke-", "/sys/leases/revoke", "/sys/leases/tidy",
              "/auth/token/revoke-self", "/sys/config/reload", "/sys/audit", "/sys/pprof/profile", "/sys/pprof/trace", "/sys/rotate", "/sys/namespaces/api-lock")
PARAMETER = "planted"  # names are no secrets: they stand in logs and answers


def endpoints(openapi):
    """(path, method, operation); the parameters of a path are filled in."""
    for path, item in sorted(openapi["paths"].items()):
        if path.startswith(NOT_CALLED):
            continue
        filled, rest = "", path
        while "{" in rest:
            before, rest = rest.split("{", 1)
            name, rest = rest.split("}", 1)
            default = next((p["schema"].get("default") for p in item.get("parameters", []) if p["name"] == name and "schema" in p), None)
            filled += before + str(default or PARAMETER)
        for method in ("get", "post", "delete"):
            if method in item:
                yield (filled + rest).lstrip("/"), method.upper(), item[method]


def fields_of(openapi, operation):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = openapi["components"]["schemas"].get(schema["$ref"].rsplit("/", 1)[1], {})
    return schema.get("properties", {})


def value_for(kind, mark):
    if kind == "array":
        return [mark]
    if kind == "object":
        return {"key": mark}  # names of fields are no secrets, and stand in audit lines
    return mark


def bodies(marks, path, fields):
    """One with what each field takes; one with a mark for numbers and flags as well, which is refused; one for each field alone, so that
    what a field is refused for does not hide the others."""
    def mark(name, how):
        return marks.new(f"{path} {name} ({how})")
    def body(names, how, strict):
        return {name: {"boolean": True, "integer": 1, "number": 1}.get(fields[name].get("type")) if strict and fields[name].get("type") in (
                    "boolean", "integer", "number") else value_for(fields[name].get("type"), mark(name, how)) for name in names}
    if not fields:
        yield {"unknown": mark("unknown", "unknown field")}
        return
    yield {**body(fields, "as its kind", True), "unknown": mark("unknown", "unknown field")}
    yield body(fields, "whatever its kind", False)
    for name in itertools.islice(fields, 40):
        yield body([name], "alone", False)
