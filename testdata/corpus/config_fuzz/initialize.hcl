initialize "a" {
  when = true
  request "b" {
    operation = "update"
    path = "sys/mounts/kv"
    data = { type = "kv", list = [{ x = 1 }, { y = 2 }] }
    data { v = { eval_source = "env" eval_type = "string" env_var = "V" } }
    headers = { X-A = ["1", "2"] }
    allow_failure = "true"
  }
}
