a = <<-EOT
    x
    EOT
b { c = [1, 0x1F, 017, 1.5e3, -2], d = "\u00e9${x "y"}" }
/* c */ e "l" "m" {}
