machine m
opaque Image
opaque Data
fun save(Image): Data
fun load(Data): Image
enum Mode { OFF, ON }
var mode: Mode = OFF
var image: Image
var region: Data
def dump = save(image)
rule read { region' = save(image') }
rule read_def { region' = dump' }
rule choose { mode' in {if region' == save(image) then ON else OFF} }
rule fill { image' = load(region)  region' = save(image') }
rule relate { region' == save(image') }
rule any_image { image' in Image  region' = dump' }
rule from_mode { image' = if mode' == ON then load(region) else image  mode' = ON }
arc start: OFF -> ON { image' = load(region') } fails -> {OFF, ON} { region' = if mode' == ON then region else save(image') }
property p always mode == ON or region != save(image) or image == load(region)
#! 11:28 ARC063 rule read leaves image free: image' is read here, and no constraint says what it is
#! 12:27 ARC063 rule read_def leaves image free: image' is read here, and no constraint says what it is
#! 13:28 ARC063 rule choose leaves region free: region' is read here, and no constraint says what it is
#! 18:38 ARC063 rule start leaves region free: region' is read here, and no constraint says what it is
#! 18:117 ARC063 rule start.fails leaves image free: image' is read here, and no constraint says what it is
