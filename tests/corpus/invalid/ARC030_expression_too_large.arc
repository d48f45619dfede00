machine m
var x: bool
var y: bool
def one_level(b: bool) = (b iff y) iff b
def two_levels(b: bool) = one_level(one_level(b))
def six_levels(b: bool) = two_levels(two_levels(two_levels(b)))
def large(b: bool) = six_levels(six_levels(six_levels(b)))
def deep(b: bool) = not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff not (y iff b))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
property p always large(x)
property q always deep(deep(deep(x)))
property r always let w = six_levels(x) in let z = six_levels(w) in six_levels(z)
#! 7:22 ARC030 six_levels, written out, has more than 100000 parts
#! 10:19 ARC030 deep, written out, is nested more than 300 deep
#! 11:69 ARC030 six_levels, written out, has more than 100000 parts
