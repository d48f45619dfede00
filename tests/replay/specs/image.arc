machine image "What a load makes of an image is left open."

opaque Image
fun load(Image): Image
index Slot[2]

var image: Image
var turns: int 0..2 = 0
var full: Slot -> bool = each s in Slot: false
var seen: set of Slot = {}

rule load_it(at: Slot) when turns < 2 {
  image' = load(image)
  turns' = turns + 1
  full' = full with [at] = true
  seen' = those s in Slot: s in seen or s == at
}

property constant expect violated every step image' == image
property turns_are_counted always (turns == 0 implies seen == {})
