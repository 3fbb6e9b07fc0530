a = <<EOT
x ${y("z")} \n
EOT
b = <<-E
  y
  E
c "l" "m" { d = [1, 0x1f, 1.5e3, true,] } # r
/* s */ e { f = "\u00e9\x41" }
