machine vfio_migration_v1
  "The first VFIO migration protocol: three control bits in device_state, written by the user."

# Numbers after a header quotation are line numbers of the blob named here.
source uapi = "include/uapi/linux/vfio.h, git blob ef33ea002b0b (end of 2021, the last header to describe protocol v1)"
source table_2021 = "Yishai Hadas, 22 Sep 2021, <c87f55d6fec77a22b110d3c9611744e6b28bba46.1632305919.git.leonro@nvidia.com>, [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source alex_27 = "Alex Williamson, 27 Sep 2021, <20210927164648.1e2d49ac.alex.williamson@redhat.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source alex_28 = "Alex Williamson, 28 Sep 2021, <20210928131958.61b3abec.alex.williamson@redhat.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source alex_29 = "Alex Williamson, 29 Sep 2021, <20210929120655.28e0b3a6.alex.williamson@redhat.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_29_states = "Jason Gunthorpe, 29 Sep 2021, <20210929161602.GA1805739@nvidia.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_29 = "Jason Gunthorpe, 29 Sep 2021, <20210929232109.GC3544071@ziepe.ca>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source alex_29_late = "Alex Williamson, 29 Sep 2021, <20210929164409.3c33e311.alex.williamson@redhat.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source alex_30 = "Alex Williamson, 30 Sep 2021, <20210930064139.57bb74c0.alex.williamson@redhat.com>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_30_open = "Jason Gunthorpe, 30 Sep 2021, <20210930144752.GA67618@ziepe.ca>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_30_buffer = "Jason Gunthorpe, 30 Sep 2021, <20210930162442.GB67618@ziepe.ca>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_30 = "Jason Gunthorpe, 30 Sep 2021, <20210930170143.GB69218@ziepe.ca>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source rfc = "Alex Williamson, 9 Dec 2021, <163909282574.728533.7460416142511440919.stgit@omen>, [RFC PATCH] vfio: Update/Clarify migration uAPI, add NDMA state"

# --- The bits

flags DeviceState {
  RUNNING "the device may change its internal state and affect external state",
  SAVING "the device's state is gathered for the user",
  RESUMING "the user hands in a device state"
}
named
  STOP = 0b000 "stopped, not saving or resuming"
  RUN = 0b001 "running, the default state"
  STOP_COPY = 0b010 "stopped, its state is saved"
  PRE_COPY = 0b011 "running, its state is gathered"
  RESUME = 0b100 "stopped, its state is loaded"
  ERROR = 0b110 "undefined, but not running"

def valid(s: DeviceState) = RESUMING in s implies s == RESUME
  "VFIO_DEVICE_STATE_VALID: RESUMING excludes the other bits."

# --- The device

opaque Image "what the device holds inside"
opaque Data "what the migration region holds"
opaque Count "a counter that is never read, only compared"
fun load(Image, Data): Image
fun save(Image): Data
fun next(Count): Count

enum Origin { FRESH, LOADED, CHANGED, UNDEFINED }
enum Event {
  OPENED, WRITE_DONE, WRITE_REFUSED, RESUME_FAILED, FAULTED, RESET_DONE, DATA_MOVED, DEVICE_RAN, DEVICE_DMA,
  SKETCHED
}

control device_state
var device_state: DeviceState = RUN
var quiesced: bool = false "the device issues no DMA"
var frozen: bool = false "the device's internal state cannot change"
var image: Image
var region: Data
var blank: Data "what a wiped region holds; no rule changes it"

# Recorded, never read by a rule: what an onlooker could have seen.
var wakes: Count "how often a write has let the device run"
var sessions: Count "how often a write has opened a data phase, saving or resuming"
var was: DeviceState = RUN "device_state before it last changed"
var origin: Origin = FRESH "where the image comes from"
var last: Event = OPENED "what the last step was"

# --- Rules

rule set_state(new: DeviceState)
  "The user writes device_state; the device quiesces and freezes, deserialises, serialises, unfreezes and unquiesces, in this order, as the changed bits demand."
  by user
  cite alex_28 "That's still only 5 fully interconnected states to work between"
  cite jason_29 "Running toggles off ... freeze ... Resuming toggles off ... deserialize ... Saving toggles on ... serialize post copy ... Running toggles on ... unfreeze"
  cite uapi "503-505: On state transition from pre-copy to stop-and-copy, the driver must stop the device, save the device state"
  cite jason_30_buffer "when the resuming bit is set the migration data buffer is wiped"
  when valid(device_state) and valid(new) and new != device_state
  {
    device_state' = new
    quiesced' = if RUNNING in device_state ^ new then RUNNING not in new else quiesced
    frozen' = if RUNNING in device_state ^ new then RUNNING not in new else frozen
    image' = if device_state == RESUME then load(image, region) else image
    region' = if new == STOP_COPY then save(image') else if new == RESUME then blank else region
    wakes' = if RUNNING in new and RUNNING not in device_state then next(wakes) else wakes
    sessions' =
      if SAVING in new and SAVING not in device_state or new == RESUME then next(sessions) else sessions
    was' = device_state
    origin' = if device_state == RESUME then LOADED else origin
    last' = WRITE_DONE
  }

rule refused
  "The write fails with an errno and changes nothing."
  by device
  cite uapi "429-430: The vendor driver should return previous state of the device"
  cite alex_29 "the desired transition is unavailable (previous state value is returned)"
  { last' = WRITE_REFUSED }

rule resume_failed(new: DeviceState)
  "The write that clears RESUMING finds the data incomplete or corrupt, and the device goes to the error state."
  by device
  cite jason_29 "If de-serialization fails then the state goes to error and SAVING is ignored"
  cite alex_29 "the driver can fail the transition to !_RESUMING if the state is incomplete or otherwise corrupt"
  when device_state == RESUME and valid(new) and new != RESUME
  {
    device_state' = ERROR
    image' in Image
    was' = device_state
    origin' = UNDEFINED
    last' = RESUME_FAILED
  }

rule fault
  "Any other write meets an internal error of the driver, and the device goes to the error state."
  by device
  cite uapi "429-431: unless the vendor driver has encountered an internal error, in which case the vendor driver may report the device_state VFIO_DEVICE_STATE_ERROR"
  cite alex_29 "110b as an error state to indicate the device state is undefined, but not _RUNNING"
  when valid(device_state) and device_state != RESUME
  {
    device_state' = ERROR
    quiesced' = true
    frozen' = true
    image' in Image
    was' = device_state
    origin' = UNDEFINED
    last' = FAULTED
  }

rule reset
  "The user resets the device."
  by user
  cite alex_29 "a successful device reset should always return the device to the 001b state"
  cite alex_29 "a device reset should return the device to _RUNNING with a default initial state"
  {
    device_state' = RUN
    quiesced' = false
    frozen' = false
    image' in Image
    region' in Data
    was' = device_state
    origin' = FRESH
    last' = RESET_DONE
  }

rule write_data
  "The user writes data into the migration region."
  by user
  cite uapi "445-447: Data provided through the migration region should be used to resume the device"
  when device_state == RESUME
  { region' in Data  last' = DATA_MOVED }

rule gather
  "The device puts pre-copy data into the migration region."
  by device
  cite uapi "500-502: the driver should start gathering the device state while the application is still running"
  when device_state == PRE_COPY
  { region' in Data  last' = DATA_MOVED }

rule run
  "The device advances its internal state."
  by device
  cite alex_30 "the _RUNNING bit controls the ability of the device to modify its internal state and affect external state"
  when not frozen
  { image' in Image  origin' = CHANGED  last' = DEVICE_RAN }

rule dma
  "The device does DMA."
  by device
  cite jason_29 "when a vfio_device first opens it must be running - ie able to do DMA and otherwise operational"
  when not quiesced
  { last' = DEVICE_DMA }

rule stop_copy_as_sketched
  "The user writes 010b in pre-copy, to a driver that tests the bits as the sketch does: SAVING does not toggle, so nothing is serialised."
  by user
  cite jason_29 "if (oldstate & SAVING != newstate & SAVING && newstate & SAVING)"
  when device_state == PRE_COPY
  {
    device_state' = STOP_COPY
    quiesced' = true
    frozen' = true
    was' = device_state
    last' = SKETCHED
  }

# --- Which states there are

property never_invalid
  "101b and 111b are not reachable."
  cite uapi "461-463: 101b => Invalid state ... 111b => Invalid state"
  cite alex_29 "The 111b state is also considered unreachable through normal means ... The 101b state ... is simply not a mode that has been spec'd at this time"
  never device_state in {0b101, 0b111}

property valid_or_error
  "There are five valid states, and the error state."
  cite uapi "456-463: 000b => Device Stopped, not saving or resuming ... 111b => Invalid state"
  always valid(device_state) or device_state == ERROR

property fully_interconnected
  "Every valid state leads to every other by one write."
  cite alex_28 "That's still only 5 fully interconnected states to work between"
  routes set_state shortest through false except not valid(start) or not valid(goal)

property starts_running
  "A device that has just been opened is running, and says so."
  cite uapi "487: Default state of VFIO device is _RUNNING when the user application starts"
  cite jason_29 "The reported state in the migration region should accurately reflect what the device is currently doing"
  always last == OPENED implies device_state == RUN and not quiesced and not frozen

property reset_runs
  "After a reset the device is running, whatever it was before."
  cite alex_29 "a successful device reset should always return the device to the 001b state"
  every step last' == RESET_DONE
    implies device_state' == RUN and not quiesced' and not frozen' and origin' == FRESH

# --- A device that is not RUNNING is silent

property state_is_honest
  "The device is at work exactly when it reports RUNNING."
  cite jason_29 "If the device is operational then it must report running, not stopped"
  always (RUNNING in device_state iff not frozen) and (RUNNING in device_state iff not quiesced)

property stopped_does_no_dma
  "Outside RUNNING the device does no DMA."
  cite jason_29_states "Does not issue DMAs"
  cite uapi "440-441: When the device state is changed to _STOP, driver should stop the device before write() returns"
  every step RUNNING not in device_state implies last' != DEVICE_DMA

property stopped_keeps_its_image
  "Outside RUNNING only a load, an error and a reset change the image."
  cite jason_29_states "Internal state cannot change"
  cite alex_29 "cannot change... other that as loaded via migration region."
  every step RUNNING not in device_state and image' != image and device_state' != ERROR
      and last' != RESET_DONE
    implies device_state == RESUME and last' == WRITE_DONE and image' == load(image, region)

property loads_only_when_resuming_ends
  "While RESUMING is set the image stays; the data is loaded when the bit is cleared."
  cite jason_30_buffer "State is not loaded into the device until the resuming bit is cleared"
  every step device_state == RESUME and device_state' == RESUME implies image' == image

property load_whenever_resuming_ends
  "Every write that clears RESUMING and succeeds has loaded the data."
  cite alex_29 "de-serialization is complete when the _RESUMING bit is cleared"
  every step device_state == RESUME and last' == WRITE_DONE implies image' == load(image, region)

# --- The error state

property error_only_after_failed_resume
  "Without faults of the driver elsewhere, the error state is entered only by a failed resume."
  cite jason_29 "If de-serialization fails then the state goes to error"
  device_state == ERROR reached only via resume_failed
  assuming last != FAULTED

property error_only_after_failed_resume_in_the_header
  "The header lets any write fail into the error state, so there the claim does not hold."
  cite uapi "429-431: unless the vendor driver has encountered an internal error, in which case the vendor driver may report the device_state VFIO_DEVICE_STATE_ERROR"
  device_state == ERROR reached only via resume_failed
  expect violated

property error_only_after_failed_write
  "In any case the error state is entered only by a write that fails."
  cite alex_29 "This state is only reachable by an internal error of the driver during a state transition"
  device_state == ERROR reached only via resume_failed, fault

property error_state_is_undefined
  "In the error state the device is not running and its image is undefined."
  cite alex_29 "110b as an error state to indicate the device state is undefined, but not _RUNNING"
  always device_state == ERROR implies origin == UNDEFINED and quiesced and frozen

property error_left_only_by_reset
  "The error state is left only by a reset."
  cite uapi "432-433: The user application must use the device reset ioctl to recover the device from VFIO_DEVICE_STATE_ERROR state"
  every step device_state == ERROR and device_state' != ERROR implies last' == RESET_DONE

property failed_resume_ignores_saving
  "A resume that fails saves nothing and wakes nothing."
  cite jason_29 "If de-serialization fails then the state goes to error and SAVING is ignored"
  every step last' == RESUME_FAILED implies region' == region and sessions' == sessions and wakes' == wakes

property failed_resume_goes_to_error
  "One mail has a failed resume end in the error state, another leaves that to the driver, which may stay in RESUMING."
  cite jason_29 "If de-serialization fails then the state goes to error"
  cite alex_29 "It would again be the driver's discretion if the device enters the error state or remains in _RESUMING"
  every step device_state == RESUME and last' in {WRITE_REFUSED, RESUME_FAILED} implies device_state' == ERROR
  expect violated

# --- No spontaneous transitions

property no_spontaneous_transitions
  "device_state changes only by a write of the user, by that write's failure, or by a reset."
  cite alex_30 "There are no spontaneous state transitions"
  every step device_state' != device_state
    implies last' in {WRITE_DONE, SKETCHED, RESUME_FAILED, FAULTED, RESET_DONE}

property only_the_register_changes_the_state
  "Taken by the letter the sentence forgets the reset, which the later text adds."
  cite alex_30 "device_state changes only via user manipulation of the register"
  cite rfc "must not generate asynchronous device state transitions outside of manipulation by the user or the VFIO_DEVICE_RESET ioctl"
  every step device_state' != device_state implies last' in {WRITE_DONE, SKETCHED, RESUME_FAILED, FAULTED}
  expect violated

# --- Opening on the destination

property first_step_loses_nothing
  "A device that has not run since it was opened keeps its image on the way to RESUMING, and is stopped."
  cite jason_30 "qmeu should open the VFIO device and immediately issue a command to go to resuming"
  every step device_state == RUN and origin == FRESH and device_state' == RESUME
    implies image' == image and origin' == FRESH and quiesced' and frozen'

property first_step_needs_no_stop
  "Going to RESUMING at once does what stopping first would do, so nothing is lost by opening in RUNNING rather than in STOP."
  cite uapi "511-512: the device state should be transitioned from the _RUNNING to the _RESUMING state"
  every set_state where start == RUN and goal == RESUME equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property first_step_finds_a_fresh_device
  "Nothing keeps the device from running between open and the first write, so what the data is loaded over need not be fresh."
  cite jason_30 "The kernel cannot know at open_device time which case userspace is trying to do"
  cite jason_30_open "we expect that post open_device has a fresh from reset fully running device state"
  every step device_state == RUN and was == RUN and device_state' == RESUME implies origin' == FRESH
  expect violated

# --- Direct and indirect transitions
#
# A path is indirect if no interior state is the write's start or goal. Three strengths, weakest first:
# the same end; nothing new on the way (`only`: no bit is set that is set neither at the start nor at the goal,
# so the device runs, saves or resumes on the way only if it does so at one of the ends); and no bit
# switched twice (`between`).

def inside(s: DeviceState, a: DeviceState, b: DeviceState) = s != a and s != b
def only(s: DeviceState, a: DeviceState, b: DeviceState) = s & ~(a | b) == STOP
def between(s: DeviceState, a: DeviceState, b: DeviceState) = only(s, a, b) and a & b & ~s == STOP
def one_bit(d: DeviceState) = d in {RUN, STOP_COPY, RESUME}
def spoke(a: DeviceState, b: DeviceState) = (a == STOP or b == STOP) and one_bit(a ^ b)
  "STOP and a state of one bit, in either direction."

property direct_equals_indirect
  "End state: each of the 20 writes equals an indirect path."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  cite alex_28 "a set of controls that could be used to support that API"
  every set_state equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen

property direct_equals_indirect_with_nothing_new
  "Nothing new on the way: this holds of all but the six writes between STOP and a state of one bit."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  every set_state where not spoke(start, goal) equals a path of set_state
    of length 2..4 through inside(device_state, start, goal) and only(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen

property direct_equals_indirect_only_with_something_new
  "None of the six writes between STOP and a state of one bit has such a path: an indirect one opens a data phase or lets the device run."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  every set_state where spoke(start, goal) equals a path of set_state
    of length 2..4 through inside(device_state, start, goal) and only(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen
  expect violated

property through_stop
  "Between two states other than STOP the way through STOP does the same, and the device never runs on it."
  cite alex_27 "Can't we always _STOP the device at any point?"
  every set_state where start != STOP and goal != STOP equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen

property writes_of_several_bits_are_compositions
  "No bit switched twice: a write of several bits equals its bits written one by one, in some order."
  cite rfc "The user may change multiple bits of the bitfield in the same write operation, so long as the resulting state is valid"
  every set_state where not one_bit(start ^ goal) equals a path of set_state where one_bit(start ^ goal)
    of length 2..3 through between(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property single_bits_are_a_basis
  "Counting how often the device was let run and a data phase opened, the ten single-bit writes generate all, and none is generated by the others."
  cite jason_30_open "This isn't a FSM. It is a series of three control bits"
  basis of set_state is one_bit(start ^ goal) of length 1..4
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property single_bits_are_a_basis_by_end_state
  "By end state alone they are too many: 010b -> 011b equals 010b -> 000b -> 001b -> 011b, on which the device runs unsaved."
  cite jason_30_open "It is a series of three control bits that we have assigned logical meaning their combinatoins"
  basis of set_state is one_bit(start ^ goal) of length 1..4
    observing device_state, image, region, quiesced, frozen
  expect violated

property writes_to_and_from_stop_are_a_basis
  "By end state the eight writes to and from STOP are enough, and on their paths the device never runs in between."
  cite alex_27 "Can't we always _STOP the device at any point?"
  basis of set_state is start == STOP or goal == STOP of length 1..2
    observing device_state, image, region, quiesced, frozen

# --- 100b -> 011b and 100b -> 010b

property resume_to_pre_copy_through_run
  "100b -> 011b ends as 100b -> 001b -> 011b does."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  every set_state where start == RESUME and goal == PRE_COPY equals a path of set_state
    of length 2 through device_state == RUN
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property time_in_run_is_negligible
  "In 001b the device may run, and then pre-copy starts from an image that is no longer the one loaded."
  cite jason_30 "The time spent in 001b is just negligable"
  every step was == RESUME and device_state == RUN and device_state' == PRE_COPY implies origin' == LOADED
  assuming last != RESET_DONE
  expect violated

property resume_to_pre_copy_through_stop
  "The way 100b -> 000b -> 011b ends the same."
  cite jason_30 "100b to 011b is no different than going indirectly"
  every set_state where start == RESUME and goal == PRE_COPY equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property time_in_stop_is_negligible
  "On the way through 000b the device cannot run before SAVING is set."
  cite jason_29_states "Internal state cannot change"
  every step was == RESUME and device_state == STOP and device_state' == PRE_COPY implies origin' == LOADED

property direct_resume_to_pre_copy_starts_from_the_loaded_image
  "In the direct transition pre-copy starts from the image just loaded."
  cite jason_29 "driver will see RESUMING toggle off so it will trigger a de-serialization"
  every step device_state == RESUME and device_state' == PRE_COPY
    implies image' == load(image, region) and origin' == LOADED

property resume_to_stop_copy_through_stop
  "100b -> 010b equals 100b -> 000b -> 010b: deserialise, then serialise."
  cite jason_30 "So if we moved from 100b to 010b somehow, one should deserialized its buffer to the device, and then serialize it to migration region again ? ... Yes."
  every set_state where start == RESUME and goal == STOP_COPY equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property resume_to_stop_copy_deserialises_then_serialises
  "What 100b -> 010b hands out is the state just loaded."
  cite alex_29_late "_RESUMING to _SAVING seems like a good way to test round trip migration without running the device to modify the state"
  every step device_state == RESUME and device_state' == STOP_COPY
    implies image' == load(image, region) and region' == save(image')

property round_trip_returns_the_data
  "State-in equals state-out speaks of the device: the data itself may come back in another form, as the same mail wants."
  cite alex_30 "therefore state-in == state-out"
  cite alex_30 "the migration data stream generated from the device's migration region can change"
  every step device_state == RESUME and device_state' == STOP_COPY implies region' == region
  expect violated

# --- What stop-and-copy hands out

property stop_copy_hands_out_the_image
  "In stop-and-copy the region holds the stopped device's state."
  cite uapi "503-505: On state transition from pre-copy to stop-and-copy, the driver must stop the device, save the device state"
  always device_state == STOP_COPY implies region == save(image)
  assuming last != SKETCHED

property stop_copy_hands_out_the_image_in_the_sketch
  "The sketch serialises only when SAVING toggles on, so 001b -> 011b -> 010b, the documented live migration, never saves the final state."
  cite jason_29 "I'd have to check that carefully against the state chart from my last email though"
  always device_state == STOP_COPY implies region == save(image)
  expect violated

property sketched_stop_copy_is_a_composition
  "No path of the header's writes equals the sketch's 011b -> 010b."
  cite uapi "503-505: On state transition from pre-copy to stop-and-copy, the driver must stop the device, save the device state"
  every stop_copy_as_sketched equals a path of set_state
    of length 1..4 observing device_state, image, region, quiesced, frozen
  expect violated

def compiled(old: DeviceState, new: DeviceState, bit: DeviceState) =
  old & (if bit != new then 0b001 else 0b000) & bit != 0b000
  "`oldstate & BIT != newstate & BIT` as C reads it: `!=` binds tighter than `&`, and a truth value is bit 0."

property sketch_as_compiled_deserialises
  "Read as C the sketch's test for RESUMING never comes true, nor does the one for SAVING; its author wrote that it `probably looks something like this`."
  cite jason_29 "if (oldstate & RESUMING != newstate & RESUMING && oldstate & RESUMING)"
  every step device_state == RESUME and last' == WRITE_DONE
    implies compiled(device_state, device_state', RESUME)
  expect violated

# --- The header's arrows, and the table of 22 September 2021

def documented(a: DeviceState, b: DeviceState) =
  a == RUN and b in {STOP, STOP_COPY, PRE_COPY, RESUME} or a == PRE_COPY and b == STOP_COPY
  or a == STOP_COPY and b == STOP or a == RESUME and b == RUN
  "The seven arrows of the header's chart, lines 467 to 485."

def allowed_2021(a: DeviceState, b: DeviceState) =
  a == STOP and b in {RUN, RESUME} or a == RUN and b in {STOP, STOP_COPY, PRE_COPY}
  or a == STOP_COPY and b in {STOP, RUN} or a == PRE_COPY and b in {RUN, STOP_COPY}
  or a == RESUME and b in {RUN, STOP}
  "vfio_from_state_table[a][b] of the patch."

property table_2021_allows_the_documented_arrows
  "The patch says it follows the header, and refuses 001b -> 100b, with which every destination begins."
  cite table_2021 "The valid transitions follow the expected usage as described in uapi/vfio.h and triggered by QEMU"
  cite alex_27 "Shameer's comment is correct here, _RESUMING is a valid next state since the default state is _RUNNING"
  every step last' == WRITE_DONE and documented(device_state, device_state')
    implies allowed_2021(device_state, device_state')
  expect violated

property table_2021_refuses_one_documented_arrow
  "No other documented arrow is refused."
  cite table_2021 "vfio_from_state_table"
  every step last' == WRITE_DONE and documented(device_state, device_state')
      and not allowed_2021(device_state, device_state')
    implies device_state == RUN and device_state' == RESUME

property table_2021_generates_the_rest
  "By end state the eleven writes that the table allows generate the nine that it refuses."
  cite alex_27 "what's our rationale for the excluded states?"
  every set_state where not allowed_2021(start, goal)
    equals a path of set_state where allowed_2021(start, goal)
    of length 2..4 observing device_state, image, region, quiesced, frozen

property table_2021_keeps_the_round_trip
  "With the table of 2021 a restored state can no longer be saved without starting the device."
  cite alex_27 "Or _SAVING, perhaps to validate the restored state without starting the device?"
  every set_state where start == RESUME and goal == STOP_COPY
    equals a path of set_state where allowed_2021(start, goal)
    of length 2..4 through RUNNING not in device_state
    observing device_state, image, region, quiesced, frozen
  expect violated

# --- Getting back

property back_to_running
  "From every state the device can run again."
  cite alex_29 "a successful device reset should always return the device to the 001b state"
  recoverable device_state == RUN from true

property back_to_running_without_reset
  "From every valid state, without a reset."
  cite alex_27 "There does need to be a way to get back to _RUNNING to support a migration failure without a reset"
  recoverable device_state == RUN from device_state != ERROR
  assuming last != RESET_DONE

property back_from_error_without_reset
  "From the error state the device cannot run again without a reset."
  cite alex_29 "the only exit from the error state is to re-initialize the device state via a reset"
  recoverable device_state == RUN from device_state == ERROR
  assuming last != RESET_DONE
  expect violated

property a_write_is_determined
  "The order of actions settles what a write does: there is one outcome."
  cite jason_29 "as per Alex's note what will happen is defined"
  deterministic set_state

property no_deadlock
  "In every state something can happen."
  cite uapi "432-433: The user application must use the device reset ioctl to recover the device from VFIO_DEVICE_STATE_ERROR state"
  no deadlock
