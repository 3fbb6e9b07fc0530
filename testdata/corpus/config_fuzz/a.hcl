
storage "raft" {
  path    = "/data"
  node_id = "n1"
  retry_join { leader_api_addr = "http://a:8200" }
  retry_join { leader_api_addr = "http://b:8200" }
}
listener "tcp" {
  address         = "0.0.0.0:8200"
  tls_disable     = "true"
  max_request_size = 1024
  http_idle_timeout = "1m"
  custom_response_headers {
    "default" = { "x-frame-options" = ["DENY", "x"] }
    "4xx" = { "X-Four" = ["yes"] }
  }
}
listener "unix" { address = "/run/x.sock" }
seal "static" {
  current_key_id = "k1"
  current_key    = "file:///k"
}
api_addr = "https://me:8200"
default_lease_ttl = "1h"
max_lease_ttl = 7200
default_max_request_duration = "30s"
ui = true
telemetry { disable_hostname = true }
