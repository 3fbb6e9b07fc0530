length = 20
rule "charset" {
  charset = "abcü"
  min-chars = 2
}
rule "charset" { charset = "01" min-chars = 3 }
