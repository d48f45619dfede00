machine vfio_migration_v1_allowlist
  "The first VFIO migration protocol, with the table of 22 September 2021 that says which writes are allowed."

source uapi = "include/uapi/linux/vfio.h, git blob ef33ea002b0b (end of 2021, the last header to describe protocol v1); numbers are its lines"
source patch = "Yishai Hadas, 22 Sep 2021, <c87f55d6fec77a22b110d3c9611744e6b28bba46.1632305919.git.leonro@nvidia.com>, [PATCH mlx5-next 2/7] vfio: Add an API to check migration state transition validity"
source mlx5 = "mlx5vf_pci_set_device_state() in the mlx5 driver of the same patch series"
source shameer_23 = "Shameer Kolothum, 23 Sep 2021, <42729adc4df649f7b3ce5dc95e66e2dc@huawei.com>, the thread of the patch"
source shameer_24 = "Shameer Kolothum, 24 Sep 2021, <164439bb579d41639edf9a01a538a5ef@huawei.com>, the thread of the patch"
source kirti_24 = "Kirti Wankhede, 24 Sep 2021, <92f40b8d-8035-1b74-4f27-0ddd850c6e30@nvidia.com>, the thread of the patch"
source alex_27 = "Alex Williamson, 27 Sep 2021, <20210927164648.1e2d49ac.alex.williamson@redhat.com>, the thread of the patch"
source jason_27 = "Jason Gunthorpe, 27 Sep 2021, <20210927231239.GE3544071@ziepe.ca>, the thread of the patch"
source alex_28 = "Alex Williamson, 28 Sep 2021, <20210928131958.61b3abec.alex.williamson@redhat.com>, the thread of the patch"
source max_29 = "Max Gurtovoy, 29 Sep 2021, <25c97be6-eb4a-fdc8-3ac1-5628073f0214@nvidia.com>, the thread of the patch"
source alex_29 = "Alex Williamson, 29 Sep 2021, <20210929063551.47590fbb.alex.williamson@redhat.com>, the thread of the patch"
source jason_30_open = "Jason Gunthorpe, 30 Sep 2021, <20210930144752.GA67618@ziepe.ca>, the thread of the patch"

param checked: bool "the driver asks vfio_change_migration_state_allowed() before each write"
param opened_stopped: bool "a device that has just been opened says STOP, as the patch's author has it, and not RUNNING, as the header does"

# --- The bits

flags DeviceState { RUNNING, SAVING, RESUMING }
named
  STOP = 0b000
  RUN = 0b001
  STOP_COPY = 0b010
  PRE_COPY = 0b011
  RESUME = 0b100
  INVALID_5 = 0b101
  ERROR = 0b110
  INVALID_7 = 0b111

def valid(s: DeviceState) = RESUMING in s implies s == RESUME

# --- The patch's table. Its code indexes by `[old_state][new_state]` and refuses everything above MAX_STATE, which is 100b.

table allowed: DeviceState, DeviceState -> bool
  |           | STOP  | RUN   | STOP_COPY | PRE_COPY | RESUME | INVALID_5 | ERROR | INVALID_7 |
  | STOP      | false | true  | false     | false    | true   | false     | false | false     |
  | RUN       | true  | false | true      | true     | false  | false     | false | false     |
  | STOP_COPY | true  | true  | false     | false    | false  | false     | false | false     |
  | PRE_COPY  | false | true  | true      | false    | false  | false     | false | false     |
  | RESUME    | true  | true  | false     | false    | false  | false     | false | false     |
  | INVALID_5 | false | false | false     | false    | false  | false     | false | false     |
  | ERROR     | false | false | false     | false    | false  | false     | false | false     |
  | INVALID_7 | false | false | false     | false    | false  | false     | false | false     |

def documented(a: DeviceState, b: DeviceState) =
  a == RUN and b in {STOP, STOP_COPY, PRE_COPY, RESUME} or a == PRE_COPY and b == STOP_COPY
  or a == STOP_COPY and b == STOP or a == RESUME and b == RUN
  "The seven arrows of the header's chart, lines 467 to 485."

# --- The device, as in migration_v1.arc

opaque Image "what the device holds inside"
opaque Data "what the migration region holds"
opaque Count "a counter that is never read, only compared"
fun load(Image, Data): Image
fun save(Image): Data
fun next(Count): Count

enum Event { OPENED, WRITE_DONE, UNCHECKED_DONE, WRITE_REFUSED, FAULTED, RESET_DONE, DATA_MOVED, DEVICE_RAN }

control device_state
var device_state: DeviceState = if opened_stopped then STOP else RUN
var stopped: bool = opened_stopped "no DMA, no change of the internal state"
var image: Image
var region: Data
var blank: Data "what a wiped region holds; no rule changes it"
var sessions: Count "how often a write has opened a data phase, saving or resuming; recorded, never read"
var last: Event = OPENED "what the last step was; recorded, never read"

def after_load = if device_state == RESUME then load(image, region) else image
def after_save(new: DeviceState) =
  if new == STOP_COPY then save(after_load) else if new == RESUME then blank else region
def phases(new: DeviceState) =
  if SAVING in new and SAVING not in device_state or new == RESUME then next(sessions) else sessions

# --- Rules

rule set_state(new: DeviceState)
  "The user makes a write that the table allows."
  by user
  cite patch "return vfio_from_state_table[old_state][new_state]"
  cite uapi "438-447: device_state consists of 3 bits"
  when allowed(device_state, new)
  {
    device_state' = new
    stopped' = RUNNING not in new
    image' = after_load
    region' = after_save(new)
    sessions' = phases(new)
    last' = WRITE_DONE
  }

rule unchecked(new: DeviceState)
  "The user makes a write that the table does not allow, of a driver that does not ask."
  by user
  cite alex_28 "That's still only 5 fully interconnected states to work between"
  when not checked and valid(device_state) and valid(new) and new != device_state
    and not allowed(device_state, new)
  {
    device_state' = new
    stopped' = RUNNING not in new
    image' = after_load
    region' = after_save(new)
    sessions' = phases(new)
    last' = UNCHECKED_DONE
  }

rule refused
  "A write fails and changes nothing."
  by device
  cite mlx5 "if (!vfio_change_migration_state_allowed(state, vmig->vfio_dev_state)) return -EINVAL"
  cite uapi "429-430: The vendor driver should return previous state of the device"
  { last' = WRITE_REFUSED }

rule fault
  "A write meets an internal error of the driver, and the device goes to the error state."
  by device
  cite uapi "429-431: unless the vendor driver has encountered an internal error, in which case the vendor driver may report the device_state VFIO_DEVICE_STATE_ERROR"
  when valid(device_state)
  { device_state' = ERROR  stopped' = true  image' in Image  last' = FAULTED }

rule reset
  "The user resets the device."
  by user
  cite uapi "432-433: The user application must use the device reset ioctl to recover the device from VFIO_DEVICE_STATE_ERROR state"
  {
    device_state' = if opened_stopped then STOP else RUN
    stopped' = opened_stopped
    image' in Image
    region' in Data
    last' = RESET_DONE
  }

rule move_data
  "The user writes, or the device gathers, data."
  cite uapi "445-447: Data provided through the migration region should be used to resume the device"
  cite uapi "500-502: the driver should start gathering the device state while the application is still running"
  when device_state in {RESUME, PRE_COPY}
  { region' in Data  last' = DATA_MOVED }

rule run
  "The device advances its internal state."
  by device
  cite uapi "439: If bit 0 is set, it indicates the _RUNNING state"
  when not stopped
  { image' in Image  last' = DEVICE_RAN }

# --- The documented flows

property every_documented_arrow_is_allowed
  "The patch claims it, and refuses 001b -> 100b."
  cite patch "The valid transitions follow the expected usage as described in uapi/vfio.h and triggered by QEMU"
  cite shameer_23 "Do we need to allow _RESUMING state here or not?"
  always all a in DeviceState: all b in DeviceState: documented(a, b) implies allowed(a, b)
  expect violated

property every_documented_arrow_but_one_is_allowed
  "That is the only one: six of the seven arrows are allowed."
  cite patch "vfio_from_state_table"
  always all a in DeviceState: all b in DeviceState:
    documented(a, b) implies (allowed(a, b) iff not (a == RUN and b == RESUME))

property normal_shutdown_is_allowed
  "001b -> 000b."
  cite uapi "472-473, 488-491: Normal Shutdown: from _RUNNING to _STOP. The vendor driver must support this transition"
  always allowed(RUN, STOP)

property save_or_suspend_is_allowed
  "001b -> 010b -> 000b."
  cite uapi "475-476, 492-497: from _RUNNING to stop-and-copy and then to _STOP"
  always allowed(RUN, STOP_COPY) and allowed(STOP_COPY, STOP)

property live_migration_is_allowed
  "001b -> 011b -> 010b -> 000b."
  cite uapi "478-479, 498-510: from _RUNNING to pre-copy, to stop-and-copy, and to _STOP"
  always allowed(RUN, PRE_COPY) and allowed(PRE_COPY, STOP_COPY) and allowed(STOP_COPY, STOP)

property resuming_is_allowed
  "Every destination of a migration begins with this write."
  cite uapi "481-482, 511-512: the device state should be transitioned from the _RUNNING to the _RESUMING state"
  cite kirti_24 "RUNNING -> RESUMING state transition is valid"
  cite alex_27 "_RESUMING is a valid next state since the default state is _RUNNING"
  always allowed(RUN, RESUME)
  expect violated

property resumed_is_allowed
  "100b -> 001b."
  cite uapi "484-485, 515-516: the application should change the state from _RESUMING to _RUNNING"
  always allowed(RESUME, RUN)

property a_destination_can_begin
  "What a device allows that has just been opened, and has not been written to."
  cite uapi "487: Default state of VFIO device is _RUNNING when the user application starts"
  always last == OPENED implies allowed(device_state, RESUME)
  assuming not opened_stopped
  expect violated

property a_destination_can_begin_if_stop_is_the_default
  "The table agrees with itself under the reading of the patch's author, in which a device is opened in STOP."
  cite max_29 "This is the default initial state and not RUNNING. The user application should move device from STOP => RUNNING or STOP => RESUMING"
  cite shameer_24 "if I change the default state to _STOP, then the transition is from _STOP --> _RESUMING. But the documentation on State transitions doesn't have _STOP --> _RESUMING transition as valid"
  always last == OPENED implies allowed(device_state, RESUME)
  assuming opened_stopped

property the_default_is_running
  "And that reading contradicts the header."
  cite uapi "457, 487: Device running, which is the default state"
  cite alex_29 "A default state of _STOP is not compatible with existing devices and userspace that does not support migration"
  always last == OPENED implies device_state == RUN
  expect violated

property resuming_by_way_of_stop
  "A user who knows of the gap can close it: 001b -> 000b -> 100b does what 001b -> 100b would do."
  cite alex_27 "Shameer's comment is correct here"
  every unchecked where start == RUN and goal == RESUME equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, stopped, sessions

property more_is_allowed_than_documented
  "Besides six arrows of the chart the table allows five writes of which the chart says nothing."
  cite uapi "434-436: the user application may attempt to transition the device to any valid state reachable from the current state"
  always all a in DeviceState: all b in DeviceState: allowed(a, b) implies documented(a, b)
  expect violated

property five_more_are_allowed_than_documented
  "They are 000b -> 001b, 000b -> 100b, 010b -> 001b, 011b -> 001b and 100b -> 000b."
  cite patch "vfio_from_state_table"
  always all a in DeviceState: all b in DeviceState:
    allowed(a, b) and not documented(a, b)
    implies a == STOP and b in {RUN, RESUME} or a in {STOP_COPY, PRE_COPY} and b == RUN
      or a == RESUME and b == STOP

# --- What is allowed is composed of allowed one-bit writes

def one_bit(d: DeviceState) = d in {RUN, STOP_COPY, RESUME}
def between(s: DeviceState, a: DeviceState, b: DeviceState) = s & ~(a | b) == STOP and a & b & ~s == STOP
  "No bit is switched twice."

property what_is_allowed_is_composed_of_one_bit_writes
  "001b -> 010b, 010b -> 001b and 100b -> 001b equal their bits written one by one, in an order that the table allows."
  cite jason_30_open "This isn't a FSM. It is a series of three control bits"
  every set_state where not one_bit(start ^ goal) equals a path of set_state where one_bit(start ^ goal)
    of length 2..3 through between(device_state, start, goal)
    observing device_state, image, region, stopped, sessions

property every_one_bit_write_is_allowed
  "As controls the bits could be switched one by one; the table forbids it twice."
  cite jason_30_open "This isn't a FSM. It is a series of three control bits"
  always all a in DeviceState: all b in DeviceState:
    valid(a) and valid(b) and one_bit(a ^ b) implies allowed(a, b)
  expect violated

property two_one_bit_writes_are_refused
  "To set SAVING while the device is stopped, and to set RUNNING while it saves."
  cite alex_27 "why do we select only these two as valid?"
  cite alex_27 "What's the rationale that we can't return to _SAVING|_RUNNING here?"
  always all a in DeviceState: all b in DeviceState:
    valid(a) and valid(b) and one_bit(a ^ b)
    implies (allowed(a, b) iff not (a == STOP and b == STOP_COPY) and not (a == STOP_COPY and b == PRE_COPY))

# --- What is refused

property what_is_refused_is_composed_of_what_is_allowed
  "By end state the eleven writes that are allowed generate the nine that are refused: the table forbids nothing, it only makes the user write more often."
  cite alex_27 "what's our rationale for the excluded states?"
  cite jason_27 "I'd suggest to keep this to the minimum needed instead of the maximum logically possible"
  every unchecked equals a path of set_state
    of length 2..4 observing device_state, image, region, stopped

property what_is_refused_is_composed_without_running
  "But a device that is stopped at both ends has to run in between, and then what is saved is not what was there."
  cite alex_27 "Or _SAVING, perhaps to validate the restored state without starting the device?"
  every unchecked where RUNNING not in start | goal equals a path of set_state
    of length 2..4 through RUNNING not in device_state
    observing device_state, image, region, stopped
  expect violated

property a_stopped_device_cannot_be_saved
  "That concerns 000b -> 010b and 100b -> 010b: no allowed write enters 010b from a stopped device. The third one, 010b -> 100b, goes through 000b."
  cite alex_27 "Or _SAVING, perhaps to validate the restored state without starting the device?"
  every step device_state' == STOP_COPY and device_state != STOP_COPY implies device_state in {RUN, PRE_COPY}
  assuming checked

property refused_save_back_to_resume_needs_no_running
  "010b -> 100b equals 010b -> 000b -> 100b."
  cite alex_27 "what's our rationale for the excluded states?"
  every unchecked where start == STOP_COPY and goal == RESUME equals a path of set_state
    of length 2 through device_state == STOP
    observing device_state, image, region, stopped, sessions

property stop_is_always_allowed
  "Pre-copy cannot be given up for STOP; it is the only valid state with that gap."
  cite alex_27 "Can't we always _STOP the device at any point?"
  always all s in DeviceState: valid(s) and s != STOP implies allowed(s, STOP)
  expect violated

property stop_is_allowed_except_from_pre_copy
  "From every other valid state STOP is allowed."
  cite alex_27 "Can't we always _STOP the device at any point?"
  always all s in DeviceState: valid(s) and s != STOP implies (allowed(s, STOP) iff s != PRE_COPY)

property writing_the_state_again_is_allowed
  "The function refuses the write that changes nothing; the driver has to answer it before it asks."
  cite mlx5 "if (state == vmig->vfio_dev_state) return 0"
  always all s in DeviceState: valid(s) implies allowed(s, s)
  expect violated

property error_is_refused_both_ways
  "110b is above MAX_STATE, as 101b and 111b are."
  cite alex_27 "the _ERROR state is implicitly handled correctly here, its value is >MAX_STATE so we can't transition into or out of it"
  always all s in DeviceState: all t in DeviceState: not valid(s) or not valid(t) implies not allowed(s, t)

property invalid_states_are_never_entered
  "101b and 111b are not reachable, with the table or without it."
  cite uapi "461, 463: Invalid state"
  never device_state in {INVALID_5, INVALID_7}

# --- Getting back

property one_write_back_to_running
  "From each of the other four valid states."
  cite alex_27 "There does need to be a way to get back to _RUNNING to support a migration failure without a reset"
  always all s in DeviceState: valid(s) and s != RUN implies allowed(s, RUN)

property back_to_running_without_reset
  "From every valid state the device can run again, by allowed writes alone."
  cite alex_27 "There does need to be a way to get back to _RUNNING to support a migration failure without a reset"
  recoverable device_state == RUN from device_state != ERROR
  assuming checked and last != RESET_DONE

property back_from_error_without_reset
  "From the error state it cannot."
  cite uapi "432-433: The user application must use the device reset ioctl to recover the device from VFIO_DEVICE_STATE_ERROR state"
  recoverable device_state == RUN from device_state == ERROR
  assuming checked and last != RESET_DONE
  expect violated

property no_deadlock
  "The table leads out of each of the five valid states, and a reset out of the others."
  cite uapi "432-433: The user application must use the device reset ioctl to recover the device from VFIO_DEVICE_STATE_ERROR state"
  no deadlock
  assuming checked
