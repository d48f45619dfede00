machine vfio_migration_v1_priority
  "The first VFIO migration protocol, with writes of several bits acting in the priority order of the proposed documentation."

source uapi = "include/uapi/linux/vfio.h, git blob ef33ea002b0b (end of 2021, the last header to describe protocol v1); numbers are its lines"
source draft_2 = "Jason Gunthorpe, 29 Nov 2021, <0-v2-45a95932a4c6+37-vfio_mig_doc_jgg@nvidia.com>, [PATCH RFC v2] vfio: Documentation for the migration region"
source draft_3 = "Jason Gunthorpe, 7 Dec 2021, <0-v3-184b374ad0a8+24c-vfio_mig_doc_jgg@nvidia.com>, [PATCH v3] vfio: Documentation for the migration region"
source jason_29 = "Jason Gunthorpe, 29 Sep 2021, <20210929232109.GC3544071@ziepe.ca>, Re: [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source jason_30 = "Jason Gunthorpe, 30 Sep 2021, <20210930170143.GB69218@ziepe.ca>, the thread of jason_29"
source jason_24_nov = "Jason Gunthorpe, 24 Nov 2021, <20211124184020.GM4670@nvidia.com>, Re: [PATCH RFC] vfio: Documentation for the migration region; the first text with the order"
source jason_1_dec = "Jason Gunthorpe, 1 Dec 2021, <20211201232502.GO4670@nvidia.com>, the thread of draft_2"
source alex_1_dec = "Alex Williamson, 1 Dec 2021, <20211201130314.69ed679c@omen>, the thread of draft_2"
source alex_3_dec = "Alex Williamson, 3 Dec 2021, <20211203110619.1835e584.alex.williamson@redhat.com>, the thread of draft_2"
source jason_6_dec = "Jason Gunthorpe, 6 Dec 2021, <20211206191500.GL4670@nvidia.com>, the thread of draft_2"
source jason_9_dec = "Jason Gunthorpe, 9 Dec 2021, <20211210004659.GB6385@nvidia.com>, the thread of draft_3"
source alex_13_dec = "Alex Williamson, 13 Dec 2021, <20211213151634.24bd80bb.alex.williamson@redhat.com>, the thread of draft_3"

# --- Which order
#
#   29 November (draft_2)      7 December (draft_3)
#     SAVING | RUNNING
#     NDMA                       NDMA
#     !RUNNING                   !RUNNING
#     SAVING | !RUNNING          SAVING | !RUNNING
#     RESUMING                   RESUMING
#     !RESUMING                  !RESUMING
#     RUNNING                    RUNNING
#                                SAVING | RUNNING
#     !NDMA                      !NDMA
#
# The device is that of migration_v1.arc, which has no NDMA bit.

param third_draft: bool "SAVING | RUNNING comes after RUNNING"

# --- The bits

flags DeviceState {
  RUNNING "the device can alter its internal state",
  SAVING "migration data is streamed out through the data window",
  RESUMING "migration data is taken in through the data window"
}
named
  STOP = 0b000
  RUN = 0b001
  STOP_COPY = 0b010
  PRE_COPY = 0b011
  RESUME = 0b100
  ERROR = 0b110

def valid(s: DeviceState) = RESUMING in s implies s == RESUME
  "VFIO_DEVICE_STATE_VALID: RESUMING excludes the other bits."

# --- The device

opaque Image "what the device holds inside"
opaque Data "what the data window holds"
opaque Count "a counter that is never read, only compared"
fun load(Image, Data): Image
fun save(Image): Data
fun next(Count): Count

enum Origin {
  FRESH, LOADED,
  MISLOADED "from a window that the same write had wiped or filled",
  CHANGED, UNDEFINED
}
enum Event {
  OPENED, WRITE_DONE, WRITE_REFUSED, RESUME_FAILED, FAULTED, RESET_DONE, DATA_MOVED, DEVICE_RAN, DEVICE_DMA
}

control device_state
var device_state: DeviceState = RUN
var quiesced: bool = false "the device issues no DMA"
var frozen: bool = false "the device's internal state cannot change"
var image: Image
var region: Data
var blank: Data "what a cleared window holds; no rule changes it"

# Recorded, never read by a rule: what an onlooker could have seen.
var wakes: Count "how often a write has let the device run"
var sessions: Count "how often a write has opened a data phase, saving or resuming"
var was: DeviceState = RUN "device_state before it last changed"
var origin: Origin = FRESH "where the image comes from"
var last: Event = OPENED "what the last step was"

# --- What a write does to the window and to the image
#
# An action is taken if its group of bits holds after the write and did not before. What the actions do is taken from
# draft_2 in both orders: draft_3 moves the clearing of the window to an action SAVING, which has no place in its order.

def window(new: DeviceState) =
  if new in {PRE_COPY, RESUME} then blank else if new == STOP_COPY then save(image) else region
  "SAVING | RUNNING and RESUMING clear the window, SAVING | !RUNNING fills it from the image as it stands."

def window_first(new: DeviceState) = new == STOP_COPY or new == PRE_COPY and not third_draft
  "Saving stands before !RESUMING in the order."

def loaded(new: DeviceState) = load(image, if window_first(new) then window(new) else region)
  "!RESUMING: all the data in the window is loaded."

# --- Rules

rule set_state(new: DeviceState)
  "The user writes device_state; the device takes the actions in the priority order."
  by user
  cite draft_2 "The migration driver must process them in a priority order: SAVING | RUNNING, NDMA, !RUNNING, SAVING | !RUNNING, RESUMING, !RESUMING, RUNNING, !NDMA"
  cite draft_2 "SAVING | RUNNING: The device clears the data window and begins streaming 'pre copy' migration data"
  cite draft_2 "SAVING | !RUNNING: The device clears the data window and begins streaming the captured migration data"
  cite draft_2 "RESUMING: The data window is cleared, opened, and can receive the migration data stream"
  cite draft_2 "!RESUMING: All the data transferred into the data window is loaded into the device's internal state"
  cite jason_24_nov "a change from any two valid device_state values is completely legal"
  when valid(device_state) and valid(new) and new != device_state
  {
    device_state' = new
    quiesced' = if RUNNING in device_state ^ new then RUNNING not in new else quiesced
    frozen' = if RUNNING in device_state ^ new then RUNNING not in new else frozen
    image' = if device_state == RESUME then loaded(new) else image
    region' = window(new)
    wakes' = if RUNNING in new and RUNNING not in device_state then next(wakes) else wakes
    sessions' =
      if SAVING in new and SAVING not in device_state or new == RESUME then next(sessions) else sessions
    was' = device_state
    origin' = if device_state != RESUME then origin else if window_first(new) then MISLOADED else LOADED
    last' = WRITE_DONE
  }

rule refused
  "The write fails before its first action, with an errno, and changes nothing."
  by device
  cite draft_2 "the driver will either keep the current state and return failure, return failure and go to ERROR, or succeed and go to the new state"
  { last' = WRITE_REFUSED }

rule refused_late(new: DeviceState)
  "The write fails in its last action, after the window; the driver undoes what it can and keeps the current state, but the window's data is gone."
  by device
  cite draft_2 "the driver will either keep the current state and return failure, return failure and go to ERROR, or succeed and go to the new state"
  cite jason_9_dec "Unwinding an error during a multi-bit sequence and guaranteeing that we can somehow make it back to !RUNNING is far very complex"
  when window_first(new) and (device_state == RESUME or device_state == STOP and new == PRE_COPY)
  { region' = window(new)  last' = WRITE_REFUSED }

rule resume_failed(new: DeviceState)
  "The load finds the data incomplete or corrupt, and the device goes to the error state."
  by device
  cite draft_2 "If the migration data is invalid then the ERROR state must be set"
  when device_state == RESUME and valid(new) and new != RESUME
  {
    device_state' = ERROR
    quiesced' in bool
    frozen' in bool
    image' in Image
    region' = if window_first(new) then window(new) else region
    was' = device_state
    origin' = UNDEFINED
    last' = RESUME_FAILED
  }

rule fault
  "Any other write fails, and the device goes to the error state, in which its behaviour is largely undefined."
  by device
  cite draft_2 "return failure and go to ERROR"
  cite draft_2 "ERROR: The behavior of the device is largely undefined"
  when valid(device_state) and device_state != RESUME
  {
    device_state' = ERROR
    quiesced' in bool
    frozen' in bool
    image' in Image
    was' = device_state
    origin' = UNDEFINED
    last' = FAULTED
  }

rule reset
  "The user resets the device."
  by user
  cite draft_2 "it should discard the data window and set migration_state to RUNNING as part of resetting the device to a clean state"
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
  "The user writes data into the window."
  by user
  cite draft_2 "RESUMING: Push in migration data"
  when device_state == RESUME
  { region' in Data  last' = DATA_MOVED }

rule gather
  "The device puts pre-copy data into the window."
  by device
  cite draft_2 "SAVING | RUNNING: The device is logging changes to the internal state"
  when device_state == PRE_COPY
  { region' in Data  last' = DATA_MOVED }

rule run
  "The device advances its internal state."
  by device
  cite draft_2 "RUNNING: The device can alter its internal state"
  when not frozen
  { image' in Image  origin' = CHANGED  last' = DEVICE_RAN }

rule dma
  "The device does DMA."
  by device
  cite draft_2 "!RUNNING: Further implies the NDMA behavior above"
  when not quiesced
  { last' = DEVICE_DMA }

# --- Which states there are

property never_invalid
  "101b and 111b are not reachable."
  cite uapi "461, 463: Invalid state"
  never device_state in {0b101, 0b111}

property valid_or_error
  "There are five valid states, and the error state."
  cite uapi "456-463: 000b to 111b"
  always valid(device_state) or device_state == ERROR

property fully_interconnected
  "Every valid state leads to every other by one write."
  cite jason_24_nov "a change from any two valid device_state values is completely legal"
  routes set_state shortest through false except not valid(start) or not valid(goal)

property starts_running
  "A device that has just been opened is running, and says so."
  cite draft_2 "A freshly opened device FD should always be in the RUNNING state"
  always last == OPENED implies device_state == RUN and not quiesced and not frozen

property reset_runs
  "Whatever the state was before."
  cite draft_2 "This must happen even if the migration_state has errored"
  every step last' == RESET_DONE
    implies device_state' == RUN and not quiesced' and not frozen' and origin' == FRESH

# --- A device that is not RUNNING is silent

property state_is_honest
  "In a valid state the device is at work exactly when it reports RUNNING: the place of !RUNNING and RUNNING in the order does not matter for that."
  cite draft_2 "!RUNNING: The device should not change its internal state. Further implies the NDMA behavior above"
  always valid(device_state)
    implies (RUNNING in device_state iff not frozen) and (RUNNING in device_state iff not quiesced)

property stopped_does_no_dma
  "In the valid states without RUNNING the device does no DMA."
  cite draft_2 "!RUNNING: Further implies the NDMA behavior above"
  every step valid(device_state) and RUNNING not in device_state implies last' != DEVICE_DMA

property error_is_silent
  "The draft takes back what the header promises of 110b, in which RUNNING is clear."
  cite draft_2 "ERROR: The behavior of the device is largely undefined"
  cite alex_13_dec "we chose the invalid state that we did as the error state specifically because of the !RUNNING value"
  always device_state == ERROR implies quiesced and frozen
  expect violated

property stopped_keeps_its_image
  "In the valid states without RUNNING only the end of RESUMING, an error and a reset change the image."
  cite draft_2 "!RUNNING: The device should not change its internal state"
  every step valid(device_state) and RUNNING not in device_state and image' != image
      and device_state' != ERROR and last' != RESET_DONE
    implies device_state == RESUME and last' == WRITE_DONE

property error_left_only_by_reset
  "The error state is left only by a reset."
  cite draft_2 "The device must be recovered by issuing VFIO_DEVICE_RESET or closing the device file descriptor"
  every step device_state == ERROR and device_state' != ERROR implies last' == RESET_DONE

property no_spontaneous_transitions
  "device_state changes only by a write of the user, by that write's failure, or by a reset."
  cite draft_2 "The migration_state cannot change asynchronously"
  every step device_state' != device_state implies last' in {WRITE_DONE, RESUME_FAILED, FAULTED, RESET_DONE}

# --- The end of RESUMING: what is loaded

property resuming_ends_with_the_data_loaded
  "No: both orders put saving before the load, so a write that begins to save clears or fills the window first, and that is what is loaded."
  cite draft_2 "!RESUMING: All the data transferred into the data window is loaded into the device's internal state"
  every step device_state == RESUME and last' == WRITE_DONE implies image' == load(image, region)
  expect violated

property resuming_ends_with_the_data_loaded_if_saving_does_not_begin
  "000b and 001b load the user's data, and leave it in the window."
  cite draft_2 "!RESUMING: All the data transferred into the data window is loaded into the device's internal state"
  every step device_state == RESUME and last' == WRITE_DONE and SAVING not in device_state'
    implies image' == load(image, region) and origin' == LOADED and region' == region

property resume_to_pre_copy_loads_a_cleared_window
  "100b -> 011b in the order of 29 November: the user's data is lost before it is loaded, and the write succeeds."
  cite alex_1_dec "But what actually makes that the highest priority? ... SAVING | RUNNING would need to be processed after !RESUMING"
  every step device_state == RESUME and device_state' == PRE_COPY
    implies image' == load(image, blank) and region' == blank and origin' == MISLOADED
  assuming not third_draft

property third_draft_mends_resume_to_pre_copy
  "In the order of 7 December 100b -> 011b loads the data and clears the window afterwards."
  cite jason_1_dec "It is a good point, it does make more sense after RUNNING ... I moved it to before !NDMA"
  every step device_state == RESUME and device_state' == PRE_COPY
    implies image' == load(image, region) and region' == blank and origin' == LOADED
  assuming third_draft

property resume_to_stop_copy_loads_what_it_has_just_saved
  "100b -> 010b in both orders: the device's old state is saved over the user's data, then loaded back, and then handed out."
  cite jason_1_dec "Right, which matches the text: !RUNNING, SAVING | !RUNNING, RESUMING, !RESUMING, RUNNING"
  every step device_state == RESUME and device_state' == STOP_COPY
    implies region' == save(image) and image' == load(image, save(image)) and origin' == MISLOADED

property resume_to_stop_copy_deserialises_then_serialises
  "The author's own mail of September has it the other way round."
  cite jason_29 "Running toggles off: quiesce, freeze; Resuming toggles off: deserialize; Saving toggles on, not RUNNING: serialize post copy; Running toggles on: unfreeze, unquiesce"
  cite jason_30 "So if we moved from 100b to 010b somehow, one should deserialized its buffer to the device, and then serialize it to migration region again? Yes."
  every step device_state == RESUME and device_state' == STOP_COPY
    implies image' == load(image, region) and region' == save(image')
  expect violated

property stop_copy_hands_out_the_image
  "After 100b -> 010b it hands out the state from before the load."
  cite draft_2 "SAVING | !RUNNING: The device captures its internal state"
  always device_state == STOP_COPY implies region == save(image)
  expect violated

property stop_copy_hands_out_the_image_on_every_other_way
  "The documented live migration, 001b -> 011b -> 010b, among them: the group SAVING | !RUNNING begins there although SAVING was set before."
  cite draft_2 "SAVING | !RUNNING: The device captures its internal state"
  cite jason_24_nov "It always refers to the requested migration_state"
  always device_state == STOP_COPY implies region == save(image)
  assuming not (was == RESUME and device_state == STOP_COPY)

property only_the_new_value_matters
  "By the letter every write to a state without RESUMING would load the window, 001b -> 000b among them."
  cite jason_9_dec "that means only the new device_state value matters, the change to get there is irrelevant"
  every step last' == WRITE_DONE and RESUMING not in device_state' implies origin' in {LOADED, MISLOADED}
  expect violated

# --- A write that fails after its first action

property failed_resume_ignores_saving
  "It does not: where saving begins, the window is no longer what the user wrote when the load fails."
  cite jason_29 "If de-serialization fails then the state goes to error and SAVING is ignored"
  every step last' == RESUME_FAILED implies region' == region
  expect violated

property refused_write_keeps_the_data
  "A write that keeps the current state can have lost the data that the user had written so far; no driver can undo that."
  cite draft_2 "the driver will either keep the current state and return failure"
  cite uapi "429-430: The vendor driver should return previous state of the device"
  every step last' == WRITE_REFUSED implies region' == region
  expect violated

property refused_write_keeps_the_data_outside_resuming
  "In the order of 7 December only a write that ends RESUMING can do so."
  cite draft_3 "process the new device_state bits in a priority order"
  every step last' == WRITE_REFUSED and device_state != RESUME implies region' == region
  assuming third_draft

# --- Direct and indirect transitions

def inside(s: DeviceState, a: DeviceState, b: DeviceState) = s != a and s != b
def between(s: DeviceState, a: DeviceState, b: DeviceState) = s & ~(a | b) == STOP and a & b & ~s == STOP
  "No bit is switched twice."
def one_bit(d: DeviceState) = d in {RUN, STOP_COPY, RESUME}
def resume_to_saving(a: DeviceState, b: DeviceState) = a == RESUME and b in {STOP_COPY, PRE_COPY}
def idle(a: DeviceState, b: DeviceState) = a in {STOP, RUN} and b in {STOP, RUN}
  "No data phase at either end."

property direct_equals_indirect
  "Not any more: 100b -> 011b and 100b -> 010b end as no other path does. (And 000b <-> 001b: a detour opens a data phase, which clears the window.)"
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  every set_state equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen
  assuming not third_draft
  expect violated

property direct_equals_indirect_but_for_four
  "In both orders the other sixteen writes equal an indirect path."
  cite jason_30 "100b to 011b is no different than going indirectly"
  every set_state where not resume_to_saving(start, goal) and not idle(start, goal) equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen

property detours_between_stop_and_running
  "000b <-> 001b do so, too, where nobody looks into the window."
  cite jason_30 "100b to 011b is no different than going indirectly"
  every set_state where idle(start, goal) equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image, quiesced, frozen

property resume_to_pre_copy_is_indirect
  "In the order of 29 November 100b -> 011b equals no path at all."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  every set_state where start == RESUME and goal == PRE_COPY equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image
  assuming not third_draft
  expect violated

property resume_to_pre_copy_through_run
  "In the order of 7 December it ends as 100b -> 001b -> 011b does."
  cite jason_30 "100b to 011b is no different than going indirectly 100b -> 001b -> 011b"
  cite jason_1_dec "it does make more sense after RUNNING"
  every set_state where start == RESUME and goal == PRE_COPY equals a path of set_state
    of length 2 through device_state == RUN
    observing device_state, image, region, quiesced, frozen, wakes, sessions
  assuming third_draft

property resume_to_stop_copy_is_indirect
  "100b -> 010b equals no path in the third draft either."
  cite jason_30 "So if we moved from 100b to 010b somehow, one should deserialized its buffer to the device, and then serialize it to migration region again? Yes."
  every set_state where start == RESUME and goal == STOP_COPY equals a path of set_state
    of length 2..4 through inside(device_state, start, goal)
    observing device_state, image
  assuming third_draft
  expect violated

property order_is_one_bit_at_a_time
  "It is not what one-bit writes do: 100b -> 010b and 100b -> 011b would have to set SAVING while RESUMING is set, which is the error state."
  cite jason_6_dec "The reason this is a good ordering is because it matches the ordering userspace would do normally if it does one bit change at a time"
  every set_state where not one_bit(start ^ goal) equals a path of set_state where one_bit(start ^ goal)
    of length 2..3 through between(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen, wakes, sessions
  assuming not third_draft
  expect violated

property order_is_one_bit_at_a_time_but_for_two
  "The other eight writes of several bits are, in both orders."
  cite jason_6_dec "any device must be able to implement this order if it simply decomposes multi-bit changes to single actions"
  every set_state where not one_bit(start ^ goal) and not resume_to_saving(start, goal)
    equals a path of set_state where one_bit(start ^ goal)
    of length 2..3 through between(device_state, start, goal)
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property order_is_one_bit_at_a_time_without_pre_copy
  "A driver without pre-copy, as mlx5 was, still has the one exception 100b -> 010b."
  cite alex_1_dec "the mlx5 driver doesn't support pre-copy, which by the provided list is the highest priority"
  every set_state where not one_bit(start ^ goal) and start != PRE_COPY and goal != PRE_COPY
    equals a path of set_state where one_bit(start ^ goal)
    of length 2..3 through between(device_state, start, goal) and device_state != PRE_COPY
    observing device_state, image, region, quiesced, frozen, wakes, sessions
  expect violated

property through_stop_but_for_two
  "Between two states other than STOP the way through STOP does the same, but for these two writes."
  cite jason_30 "100b to 011b is no different than going indirectly"
  every set_state where start != STOP and goal != STOP and not resume_to_saving(start, goal)
    equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen

property writes_to_and_from_stop_are_a_basis
  "In migration_v1.arc these eight writes are enough; here 100b -> 010b and 100b -> 011b must be added."
  cite jason_6_dec "any device must be able to implement this order if it simply decomposes multi-bit changes to single actions"
  basis of set_state is start == STOP or goal == STOP of length 1..2
    observing device_state, image, region, quiesced, frozen
  assuming not third_draft
  expect violated

property writes_to_and_from_stop_and_two_more_are_a_basis
  "With these two the ten writes generate the others, and none of the ten is generated."
  cite jason_6_dec "decomposes multi-bit changes to single actions"
  basis of set_state is start == STOP or goal == STOP or resume_to_saving(start, goal) of length 1..2
    observing device_state, image, region, quiesced, frozen
  assuming not third_draft

# --- Opening on the destination

property reference_flow_needs_no_stop
  "RUNNING, 0, RESUMING, the flow of the second draft, does what RUNNING, RESUMING does, the flow of the third and of the header."
  cite draft_2 "the reference flow for resuming: RUNNING, 0, RESUMING"
  cite draft_3 "the reference flow for resuming: RUNNING, RESUMING"
  cite uapi "511-512: the device state should be transitioned from the _RUNNING to the _RESUMING state"
  every set_state where start == RUN and goal == RESUME equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, quiesced, frozen, wakes, sessions

property resuming_starts_from_a_reset_device
  "Nothing makes the user reset the device first, and nothing keeps it from running after the reset."
  cite draft_2 "The migration driver can rely on user-space issuing a VFIO_DEVICE_RESET prior to starting RESUMING"
  cite alex_3_dec "they shouldn't expect a reset precondition to entering RESUMING"
  every step device_state != RESUME and device_state' == RESUME implies origin' == FRESH
  expect violated

# --- Getting back

property back_to_running
  "From every state the device can run again."
  cite draft_2 "In general, userspace can issue a VFIO_DEVICE_RESET ioctl and recover the device back to device_state RUNNING"
  recoverable device_state == RUN from true

property back_to_running_without_reset
  "From every valid state, RESUMING among them."
  cite draft_2 "To abort a RESUMING issue a VFIO_DEVICE_RESET"
  cite alex_3_dec "They MAY also write the device_state directly"
  recoverable device_state == RUN from device_state != ERROR
  assuming last != RESET_DONE

property no_deadlock
  "In every state something can happen."
  cite draft_2 "This must happen even if the migration_state has errored"
  no deadlock
