machine overflow

var n: int 0..2 = 0

rule tick "The counter counts." { n' = n + 1 }

property never_negative
  always (n >= 0)
