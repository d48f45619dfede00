machine m
var x: bool
def even(b: bool) = not odd(b)
def odd(b: bool) = if b then even(x) else third
def third = odd(true)
def own = own
def fine = even(x) or own
property p always fine and own
#! 3:5 ARC029 definition even is recursive: even -> odd -> even
#! 4:5 ARC029 definition odd is recursive: odd -> third -> odd
#! 6:5 ARC029 definition own is recursive: own -> own
