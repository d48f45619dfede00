machine m
opaque Image
index Device[3]
var image: Image
var seen: set of Image
var store: Image -> bool
var wide: int 0..100000 -> bool
table f: Device -> bool
  | 0 | 1 | 2 |
  | true | true | true |
table g: bits[9], bits[9] -> Image
  | | 0 |
  | 0 | 1 |
table h: bits[10], bits[10] -> bool
  | | 0 |
  | 0 | true |
property p always all i in Image: i == image
property q always (count n in int 0..5000: n > 3) > 1
property r always image in seen
#! 5:18 ARC031 element of a set has type Image, which is not finite
#! 6:12 ARC031 key of a map has type Image, which is not finite
#! 7:11 ARC031 key of a map has type int 0..100000, which has more than 4096 values
#! 8:10 ARC031 values of Device cannot be written in a table
#! 11:30 ARC031 values of Image cannot be written in a table
#! 14:7 ARC031 table h would need more than 65536 entries
#! 17:28 ARC031 the domain of `all` has type Image, which is not finite
#! 18:31 ARC031 the domain of `count` has type int 0..5000, which has more than 4096 values
