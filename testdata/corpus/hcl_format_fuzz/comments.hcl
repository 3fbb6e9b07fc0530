# top

a "b" {
  # lead
  x = 1 # line
  yy = "z"

  # alone

  l = [
    1, # c
    # d
    2,
  ]
}
/* end
 */
