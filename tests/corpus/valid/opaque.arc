machine opaque_data "Uninterpreted types and functions."

opaque Image "what the device holds"
opaque Data
fun load(Image, Data): Image
fun save(Image): Data "what is read out"
fun valid(Data): bool
param first: Image
enum Phase { A, B }
var phase: Phase = A
var image: Image = first
var region: Data = save(first)
var store: Phase -> Image

rule restore when valid(region) { image' = load(image, region); phase' = B }
rule keep(d: Data, p: Phase) { region' = if valid(d) then d else save(image') store' = store with [p] = image image' in Image }
rule reset { image' = first }

property stable always image == first or image != first
property round every step region' == save(image') implies valid(region') or not valid(region')
