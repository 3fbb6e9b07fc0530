#!/bin/bash
# demo.sh BAO [KEEP]: three nodes over TLS, from nothing to a cluster that loses its active node while it is used; each command
# printed as it runs. With KEEP=1 the nodes go on, and the last lines say how to talk to them.
set -euo pipefail
bin=$(cd "$(dirname "$1")" && pwd)
keep=${2:-}
folder=$(mktemp -d "${TMPDIR:-/tmp}/bao-demo-XXXXXX")
export PATH="$bin:$PATH" HOME="$folder"
unset "${!BAO_@}" "${!VAULT_@}"
declare -A process

end() {
  if [ -n "$keep" ] && [ "${done_well:-}" = 1 ]; then return; fi
  for one in "${process[@]}" ${load:-}; do kill -TERM "$one" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
fail() { echo "demo: $*" >&2; for i in 1 2 3; do tail -n 5 "node$i.log" >&2; done; exit 1; }
within() {  # within SECONDS WHAT COMMAND...: until the command succeeds
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $until ] || fail "not in time: $what"
    sleep 0.05
  done
}
free_ports() {
  python3 - 6 <<'PYTHON'
import socket, sys
kept = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in kept:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in kept))
PYTHON
}
at() {  # at NODE COMMAND...: a command that talks to this node
  local node=$1
  shift
  BAO_ADDR=${address[$node]} "$@"
}
run_at() {
  printf '$ BAO_ADDR=%s %s\n' "${address[$1]}" "${*:2}"
  at "$@"
}
refused_at() {  # a command that must fail
  printf '$ BAO_ADDR=%s %s\n' "${address[$1]}" "${*:2}"
  if at "$@"; then fail "this should have been refused"; fi
}
answers() { local code=0; at "$1" bao status > /dev/null 2>&1 || code=$?; [ $code = 0 ] || [ $code = 2 ]; }
unsealed() { at "$1" bao status > /dev/null 2>&1; }
health() { curl -s --cacert cert.pem -o /dev/null -w '%{http_code}' "${address[$1]}/v1/sys/health"; }
start() {
  echo "\$ bao server -config=node$1.toml &"
  bao server -config="node$1.toml" >> "node$1.log" 2>&1 &
  process[$1]=$!
}
value() { python3 -c "import json; print(json.load(open('init.json'))$1)"; }
voters() { [ "$(at 1 bao operator raft list-peers -format=json | grep -c '"voter": true')" = 3 ]; }
active() {  # the number of the node that says that it is active
  local i
  for i in "${!process[@]}"; do if [ "$(health "$i")" = 200 ]; then echo "$i"; return; fi; done
  return 1
}

cd "$folder"
read -r -a port <<< "0 $(free_ports)"
address=("" "https://127.0.0.1:${port[1]}" "https://127.0.0.1:${port[2]}" "https://127.0.0.1:${port[3]}")

say "A TLS certificate for loopback, and a configuration for each of three nodes"
run openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem 2> /dev/null
export BAO_CACERT="$folder/cert.pem"
for i in 1 2 3; do
  mkdir "data$i"
  cat > "node$i.toml" <<TOML
api_addr = "${address[$i]}"
cluster_addr = "https://127.0.0.1:${port[$((i + 3))]}"

[storage.raft]
path = "$folder/data$i"
node_id = "n$i"

[[listener.tcp]]
address = "127.0.0.1:${port[$i]}"
cluster_address = "127.0.0.1:${port[$((i + 3))]}"
tls_cert_file = "$folder/cert.pem"
tls_key_file = "$folder/key.pem"
TOML
done
run cat node1.toml

say "The first node: initialised with three shares, two of them unseal"
start 1
within 10 "the node answers" answers 1
export BAO_ADDR=${address[1]}
echo '$ bao operator init -key-shares=3 -key-threshold=2 -format=json > init.json'
bao operator init -key-shares=3 -key-threshold=2 -format=json > init.json
unseal() {
  local share
  for share in 0 1; do
    echo "\$ BAO_ADDR=${address[$1]} bao operator unseal <share $((share + 1))>"
    at "$1" bao operator unseal "$(value "['unseal_keys_b64'][$share]")" | grep -E '^(Sealed|Unseal Progress) ' || true
  done
}
unseal 1
BAO_TOKEN=$(value "['root_token']"); export BAO_TOKEN

say "Two more nodes join, and are unsealed with the same shares"
for i in 2 3; do
  start $i
  within 10 "node $i answers" answers $i
  run_at $i bao operator raft join -leader-ca-cert=@cert.pem "${address[1]}"
  unseal $i
done
within 20 "node 2 serves" unsealed 2
within 20 "node 3 serves" unsealed 3
within 20 "three voters" voters
run bao operator raft list-peers

say "Whatever is asked of any node: a write through one standby, the read from the other"
run_at 2 bao secrets enable -version=2 -path=secret kv
cat > app.hcl <<'HCL'
path "secret/data/app/*" {
  capabilities = ["create", "update", "read"]
}
HCL
run_at 3 bao policy write app app.hcl
echo "\$ BAO_ADDR=${address[2]} bao token create -policy=app -ttl=1h -field=token > app.token"
at 2 bao token create -policy=app -ttl=1h -field=token > app.token
root_token=$BAO_TOKEN
BAO_TOKEN=$(cat app.token)
run_at 2 bao kv put -mount=secret app/db user=app password=correct-horse
run_at 3 bao kv get -mount=secret app/db
say "What the token may not do is refused, wherever it is asked"
refused_at 3 bao kv get -mount=secret other/db
refused_at 2 bao secrets list

say "The active node is killed while an application writes and reads through the two others"
active=$(active) || fail "nobody is active"
others=()
for i in 1 2 3; do [ "$i" = "$active" ] || others+=("$i"); done
cat > application.py <<'PYTHON'
"""Writes a number through one node and reads it from another, again and again, until it is told to stop; then says how it went."""
import json, os, signal, ssl, sys, time, urllib.error, urllib.request
tls, token, nodes = ssl.create_default_context(cafile="cert.pem"), open("app.token").read().strip(), sys.argv[1:]
going_on = True
def stop(*_):
    global going_on
    going_on = False
signal.signal(signal.SIGTERM, stop)
def ask(node, body=None, **headers):
    request = urllib.request.Request(node + "/v1/secret/data/app/count", None if body is None else json.dumps(body).encode(),
                                     {"X-Vault-Token": token, **headers}, method="GET" if body is None else "POST")
    with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
        return json.load(answer)["data"], answer.headers["X-Vault-Index"]
number = failed = 0
longest, last, acknowledged = 0.0, time.monotonic(), None
while going_on:
    writer, reader = nodes[number % 2], nodes[1 - number % 2]
    number += 1
    try:
        _, index = ask(writer, {"data": {"number": number}})
    except OSError:
        failed += 1
        continue
    longest, last, acknowledged = max(longest, time.monotonic() - last), time.monotonic(), number
    found, _ = ask(reader, **{"X-Vault-Index": index, "X-Vault-Inconsistent": "await-state"})
    if found["data"]["number"] != number:
        sys.exit(f"wrote {number} through {writer}, read {found['data']['number']} from {reader}")
    open("written", "w").write(str(number))
print(f"{number - failed} writes, each read at once from the other node; {failed} not acknowledged; "
      f"longest time without a write {longest * 1000:.0f} ms")
PYTHON
echo "\$ application.py ${address[${others[0]}]} ${address[${others[1]}]} &"
python3 application.py "${address[${others[0]}]}" "${address[${others[1]}]}" > application.log 2>&1 &
load=$!
written() { [ "$(cat written 2>/dev/null || echo 0)" -ge "$1" ] || ! kill -0 "$load" 2>/dev/null; }
within 20 "the application writes" written 50
echo "\$ kill -9 ${process[$active]}    # node $active"
kill -9 "${process[$active]}"
wait "${process[$active]}" 2>/dev/null || true
unset "process[$active]"
mark=$(cat written)
within 20 "the application goes on" written $((mark + 100))
kill -TERM "$load"
wait "$load" || { cat application.log; fail "the application was told something wrong"; }
load=
cat application.log

say "The killed node comes back, is unsealed, and has caught up"
start "$active"
within 10 "node $active answers" answers "$active"
unseal "$active"
within 20 "node $active serves" unsealed "$active"
same() { [ "$(at "$active" bao kv get -mount=secret -field=number app/count)" = "$(at "${others[0]}" bao kv get -mount=secret -field=number app/count)" ]; }
within 20 "node $active has caught up" same
run_at "$active" bao kv get -mount=secret -field=number app/count; echo
BAO_TOKEN=$root_token
run_at "$active" bao operator raft list-peers

say "What each node keeps in memory, what it was told of, and whether that is what its storage holds"
run_at "$active" bao debug invalidations

if [ -n "$keep" ]; then
  done_well=1
  say "The nodes go on (processes ${process[*]}). To talk to them:"
  printf 'export BAO_ADDR=%s BAO_CACERT=%s BAO_TOKEN=%s\n' "${address[1]}" "$BAO_CACERT" "$root_token"
  printf 'export PATH=%s:$PATH\n' "$bin"
  printf 'kill %s && rm -r %s   # to end them\n' "${process[*]}" "$folder"
  disown "${process[@]}"
else
  say "Stop"
  for i in "${!process[@]}"; do
    echo "\$ kill -TERM ${process[$i]}"
    kill -TERM "${process[$i]}"
    wait "${process[$i]}" || fail "node $i did not end in order"
    unset "process[$i]"
  done
  echo "the nodes ended; $folder is removed"
fi
