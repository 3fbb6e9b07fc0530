#!/bin/bash
# demo.sh BAO [KEEP]: from nothing to a secret read by a restricted token, each command printed as it runs.
# With KEEP=1 the node goes on, and the last lines say how to talk to it.
set -euo pipefail
bin=$(cd "$(dirname "$1")" && pwd)
keep=${2:-}
folder=$(mktemp -d "${TMPDIR:-/tmp}/bao-demo-XXXXXX")
export PATH="$bin:$PATH" HOME="$folder"
unset "${!BAO_@}" "${!VAULT_@}"
node=

end() {
  if [ -n "$keep" ] && [ "${done_well:-}" = 1 ]; then return; fi
  [ -z "$node" ] || { kill -TERM "$node" 2>/dev/null && wait "$node" 2>/dev/null; } || true
  rm -rf "$folder"
}
trap end EXIT

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
refused() {  # a command that must fail
  printf '$ %s\n' "$*"
  if "$@"; then echo "demo: this should have been refused" >&2; exit 1; fi
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

cd "$folder"
port=$(free_port)
say "A TLS certificate for loopback, and a configuration"
run openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem 2> /dev/null
mkdir data
cat > bao.toml <<TOML
api_addr = "https://127.0.0.1:$port"
cluster_addr = "https://127.0.0.1:$(free_port)"

[storage.raft]
path = "$folder/data"
node_id = "demo"

[[listener.tcp]]
address = "127.0.0.1:$port"
tls_cert_file = "$folder/cert.pem"
tls_key_file = "$folder/key.pem"
TOML
run cat bao.toml

say "The node"
echo '$ bao server -config=bao.toml &'
bao server -config=bao.toml > node.log 2>&1 &
node=$!
export BAO_ADDR="https://127.0.0.1:$port" BAO_CACERT="$folder/cert.pem"
for _ in $(seq 200); do
  bao status > /dev/null 2>&1 && break
  [ $? = 2 ] && break
  kill -0 "$node" 2>/dev/null || { cat node.log; exit 1; }
  sleep 0.05
done

say "Initialise: three shares, two of them unseal"
echo '$ bao operator init -key-shares=3 -key-threshold=2 -format=json > init.json'
bao operator init -key-shares=3 -key-threshold=2 -format=json > init.json
value() { python3 -c "import json, sys; print(json.load(open('init.json'))$1)"; }
say "Unseal"
for i in 0 1; do
  echo "\$ bao operator unseal <share $((i + 1))>"
  bao operator unseal "$(value "['unseal_keys_b64'][$i]")" | grep -E 'Sealed|Progress' || true
done
BAO_TOKEN=$(value "['root_token']"); export BAO_TOKEN
run bao status

say "A KV engine, a policy, and a token that may do what the policy says"
run bao secrets enable -version=2 -path=secret kv
cat > app.hcl <<'HCL'
path "secret/data/app/*" {
  capabilities = ["create", "update", "read"]
}
HCL
run bao policy write app app.hcl
echo '$ bao token create -policy=app -ttl=1h -field=token > app.token'
bao token create -policy=app -ttl=1h -field=token > app.token
root_token=$BAO_TOKEN
BAO_TOKEN=$(cat app.token)

say "As that token: write, read"
run bao kv put -mount=secret app/db user=app password=correct-horse
run bao kv get -mount=secret app/db
run bao kv get -mount=secret -field=password app/db; echo

say "What it may not do is refused"
refused bao kv get -mount=secret other/db
refused bao secrets list

if [ -n "$keep" ]; then
  done_well=1
  say "The node goes on (process $node). To talk to it:"
  printf 'export BAO_ADDR=%s BAO_CACERT=%s BAO_TOKEN=%s\n' "$BAO_ADDR" "$BAO_CACERT" "$root_token"
  printf 'export PATH=%s:$PATH\n' "$bin"
  printf 'kill %s && rm -r %s   # to end it\n' "$node" "$folder"
  disown "$node"
else
  say "Stop"
  echo "\$ kill -TERM $node"
  kill -TERM "$node"; wait "$node"; node=
  echo "the node ended; $folder is removed"
fi
