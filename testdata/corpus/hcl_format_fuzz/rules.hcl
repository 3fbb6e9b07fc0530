path "secret/+/x*" {
  capabilities = ["read", "list"] # c
  allowed_parameters = { "a" = [1, true, "x*"] }
  min_wrapping_ttl = "1m"
}
