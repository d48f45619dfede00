machine expressions "Precedence, and every operator."

var a: bool
var b: bool
var c: bool
var n: int 0..7
var m: int 0..7
var w: bits[4]
enum Colour { RED, GREEN, BLUE }
var colour: Colour

property p1 always a or b and not c implies a iff b
property p2 always (a iff b) iff c
property p3 always (a implies b) implies c
property p4 always a implies b implies c
property p5 always not (a and b) and (a or b)
property p6 always n + m * 2 - 1 < 30 and n - (m - 1) >= -7 and (n + m) * 2 != 15
property p7 always w | w & w << 1 == w ^ ~w or (w | w) & w == w
property p8 always (if a then n else m + 1) <= 8
property p9 always let x = n + m in let y = x * x in y >= x - 14
property p10 always not (if a then b else c) or all k in int 0..2: k < 3
property p11 always (all k in int 0..2: k <= n or k > n) and a iff a
property p12 always colour in {RED, BLUE} or colour == GREEN or colour not in {RED, BLUE}
property p13 always (colour == RED) != (colour != RED) and (a == b) == (b == a)
property p14 always some k in Colour: k == colour and (one j in Colour: j == k) and (count j in bool: j) == 1
property p15 always -n <= 0 and - 3 < 0 and w + 15 == w - 1
property p16 always (let k = a in k or b) implies (some x in bool: x and a) or b
property p17 always 3 < n and n > 3 or 3 >= n and n <= 3
