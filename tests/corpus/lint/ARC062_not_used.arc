machine m
source used = "a document"
source idle_source = "another"
enum Mode { OFF, ON, LOST }
enum Idle { A, B }
flags Bits { X, Y }
opaque Thing
opaque Image
fun load(Image): Image
fun save(Image): Image
param fast: bool
param slow: bool where slow or not slow
var mode: Mode = OFF
var image: Image
var blank: Image
var noted: bool = false
var nothing: int 0..3 = 0
control mode
def shown = mode == ON
def unseen = hidden(mode)
def hidden(m: Mode) = m == ON
def half(a: bool, b: bool) = a
table turn: bool -> bool
  | false | true |
  | true | false |
rule go(to: bool, quick: bool) cite used "p. 1" when fast
  { mode' = if to then ON else OFF  image' = load(blank)  noted' = true }
property p always shown implies half(true, false) or image == blank
#! 3:8 ARC062 source idle_source is never cited
#! 4:22 ARC062 value LOST of Mode is never used
#! 5:6 ARC062 type Idle is never used
#! 6:7 ARC062 type Bits is never used
#! 7:8 ARC062 type Thing is never used
#! 10:5 ARC062 function save is never used
#! 12:7 ARC062 parameter slow is never used
#! 15:5 ARC062 variable blank is never written
#! 16:5 ARC062 variable noted is written and never read
#! 17:5 ARC062 variable nothing is neither read nor written
#! 20:5 ARC062 definition unseen is never used
#! 21:5 ARC062 definition hidden is never used
#! 22:19 ARC062 parameter b of half is never used
#! 23:7 ARC062 table turn is never used
#! 26:19 ARC062 parameter quick of go is never used
