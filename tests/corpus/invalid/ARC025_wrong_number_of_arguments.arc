machine m
opaque Image
fun f(Image): Image
def both(a: bool, b: bool) = a and b
var image: Image
property p1 always f(image, image) == image
property p2 always both(true)
property p3 always fit(3, 1) == 3 and fit(3, 5, 2) == 3
#! 6:20 ARC025 f takes 1 argument, not 2
#! 7:20 ARC025 both takes 2 arguments, not 1
#! 8:20 ARC025 fit takes an int and two numbers: fit(e, LO, HI), LO <= HI
#! 8:39 ARC025 fit takes an int and two numbers: fit(e, LO, HI), LO <= HI
