machine vfio_migration_v2
  "The second VFIO migration protocol: a finite state machine whose arcs the user requests with SET_STATE."

# Numbers before a quotation are line numbers in Linux 6.12.
source uapi = "include/uapi/linux/vfio.h, Linux 6.12"
source core = "drivers/vfio/vfio_main.c, Linux 6.12"
source ops = "include/linux/vfio.h, Linux 6.12"
source pci = "drivers/vfio/pci/vfio_pci_core.c, Linux 6.12"
source mlx5 = "drivers/vfio/pci/mlx5/main.c, Linux 6.12"
source pds = "drivers/vfio/pci/pds/pci_drv.c, Linux 6.12"
source pds_dev = "drivers/vfio/pci/pds/vfio_dev.c, Linux 6.12"

# --- What the device offers

param p2p: bool "VFIO_MIGRATION_P2P: RUNNING_P2P is supported"
param pre_copy: bool "VFIO_MIGRATION_PRE_COPY: PRE_COPY is supported, and PRE_COPY_P2P too with VFIO_MIGRATION_P2P"
param tells_p2p: bool "the device can tell peer-to-peer DMA from other DMA"

# --- States

enum State {
  ERROR = 0 "the device has failed and must be reset",
  STOP = 1 "the device does not change the internal or external state",
  RUNNING = 2 "the device is running normally",
  STOP_COPY = 3 "the device internal state can be read out",
  RESUMING = 4 "the device is stopped and is loading a new internal state",
  RUNNING_P2P = 5 "running, except the device cannot do peer to peer DMA",
  PRE_COPY = 6 "running normally but tracking internal state changes",
  PRE_COPY_P2P = 7 "pre-copy, except the device cannot do peer to peer DMA"
}

enum Operation {
  STOPPED "no interrupts, no DMA, no change of the internal state",
  NO_DMA "interrupts and internal changes, no DMA",
  NO_P2P_DMA "interrupts, internal changes, DMA to memory",
  FULL "everything"
}
enum Session { NO_SESSION, SAVING, LOADING } "a data transfer session"
enum Stream { PARTIAL, COMPLETE, INVALID } "what the user has written to the data_fd in RESUMING"
enum Event {
  OPENED,
  ARC_DONE "SET_STATE took an arc",
  SESSION_BEGUN "SET_STATE took an arc and returned a new data_fd",
  CALL_FAILED "SET_STATE failed",
  FD_LOST "SET_STATE took an arc and failed to return the data_fd",
  RESET_DONE "the user reset the device",
  HOST_RESET "the host reset the device",
  RECOVERED "the device recovered from a failure of its own",
  FD_CLOSED, DATA_WRITTEN,
  TOUCHED "the user accessed the device where he must not",
  MEMORY_DMA, P2P_DMA, INTERRUPT, ADVANCED
}

control state
var state: State = RUNNING
var operation: Operation = FULL
var p2p_pending: bool = false "peer-to-peer DMA has begun and is not completed"
var session: Session = NO_SESSION
var data_fd: bool = false "the user holds the session's data_fd"
var stream: Stream = PARTIAL
var last: Event = OPENED "what the last step was; recorded, never read by a rule"

# --- The kernel's tables

table next_state: State, State -> State from c "drivers/vfio/vfio_main.c" table vfio_from_fsm_table
  |              | ERROR | STOP        | RUNNING     | STOP_COPY    | RESUMING    | RUNNING_P2P | PRE_COPY    | PRE_COPY_P2P |
  | ERROR        | ERROR | ERROR       | ERROR       | ERROR        | ERROR       | ERROR       | ERROR       | ERROR        |
  | STOP         | ERROR | STOP        | RUNNING_P2P | STOP_COPY    | RESUMING    | RUNNING_P2P | RUNNING_P2P | RUNNING_P2P  |
  | RUNNING      | ERROR | RUNNING_P2P | RUNNING     | RUNNING_P2P  | RUNNING_P2P | RUNNING_P2P | PRE_COPY    | RUNNING_P2P  |
  | STOP_COPY    | ERROR | STOP        | STOP        | STOP_COPY    | STOP        | STOP        | ERROR       | ERROR        |
  | RESUMING     | ERROR | STOP        | STOP        | STOP         | RESUMING    | STOP        | STOP        | STOP         |
  | RUNNING_P2P  | ERROR | STOP        | RUNNING     | STOP         | STOP        | RUNNING_P2P | RUNNING     | PRE_COPY_P2P |
  | PRE_COPY     | ERROR | RUNNING     | RUNNING     | PRE_COPY_P2P | RUNNING     | RUNNING     | PRE_COPY    | PRE_COPY_P2P |
  | PRE_COPY_P2P | ERROR | RUNNING_P2P | RUNNING_P2P | STOP_COPY    | RUNNING_P2P | RUNNING_P2P | PRE_COPY    | PRE_COPY_P2P |

table state_flags: State -> bits[32] from c "drivers/vfio/vfio_main.c" table state_flags_table
  | ERROR      | STOP | RUNNING | STOP_COPY | RESUMING | RUNNING_P2P | PRE_COPY | PRE_COPY_P2P |
  | 0xFFFFFFFF | 1    | 1       | 1         | 1        | 3           | 5        | 7            |

table migration_flags: bool, bool -> bits[32]
  |       | false | true  |  # pre_copy; the rows are p2p
  | false | 0b001 | 0b101 |
  | true  | 0b011 | 0b111 |

def supported(s: State) = state_flags(s) & migration_flags(p2p, pre_copy) == state_flags(s)
  "Lines 838 to 845: all flags of the state are flags of the device."

def skip(s: State, new: State) = if s == ERROR or supported(s) then s else next_state(s, new)

def next_hop(cur: State, new: State) = skip(next_state(cur, new), new)
  "vfio_mig_get_next_state, lines 848 to 857; one turn of its loop is enough (`next_hop_is_supported`)."

def direct(a: State, b: State) =
  a != b and a != ERROR and b != ERROR and supported(a) and supported(b) and next_hop(a, b) == b
  "An arc that the core can ask the driver for."

def saving(s: State) = s in {PRE_COPY, PRE_COPY_P2P, STOP_COPY}
  "The saving group, lines 1123 to 1126."

def stopped(s: State) = s in {STOP, STOP_COPY, RESUMING}
def quiescent(s: State) = s in {RUNNING_P2P, PRE_COPY_P2P}
def work(s: State) = if s in {RUNNING, PRE_COPY} then 2 else if quiescent(s) then 1 else 0
  "How much a state lets the device do."
def session_of(s: State) = if saving(s) then SAVING else if s == RESUMING then LOADING else NO_SESSION
def opens(a: State, b: State) = session_of(b) != NO_SESSION and session_of(b) != session_of(a)
def begins(a: State, b: State) =
  a == STOP and b in {STOP_COPY, RESUMING} or pre_copy and a == RUNNING and b == PRE_COPY
  or pre_copy and p2p and a == RUNNING_P2P and b == PRE_COPY_P2P
  "The arcs that return a new data_fd, lines 1120 to 1122 and 1155."
def p2p_quiescence = if tells_p2p then NO_P2P_DMA else NO_DMA
  "Lines 1182 to 1183: `then it can stop only P2P DMA, otherwise it must stop all DMA`."

# --- The arcs. Each is requested by the user; `direct_arc` is the tag of all that succeed.

arc stop: RUNNING_P2P -> STOP
  "The device stops."
  by user
  cite uapi "1077-1079: While in STOP the device must stop the operation of the device"
  tag direct_arc
  when p2p
  { operation' = STOPPED  p2p_pending' = false  last' = ARC_DONE }

arc stop_running: RUNNING -> STOP
  "The device stops, where RUNNING_P2P is skipped over."
  by user
  cite core "703-704: Without P2P and precopy the driver must implement: RUNNING -> STOP"
  tag direct_arc
  when not p2p
  { operation' = STOPPED  p2p_pending' = false  last' = ARC_DONE }

arc end_stop_copy: STOP_COPY -> STOP
  "The saving session ends; the device stays stopped."
  by user
  cite uapi "1078, 1087: The STOP_COPY arc will terminate a data transfer session"
  tag direct_arc
  { session' = NO_SESSION  data_fd' = false  last' = ARC_DONE }

arc end_resuming: RESUMING -> STOP
  "The device takes over the data, which is complete and valid; the session ends."
  by user
  cite uapi "1090-1091: Leaving RESUMING terminates a data transfer session"
  cite uapi "1094-1097: If the user provided data is found to be incomplete, inconsistent, or otherwise invalid, the migration driver must fail the SET_STATE ioctl"
  tag direct_arc
  when stream == COMPLETE
  { session' = NO_SESSION  data_fd' = false  stream' = PARTIAL  last' = ARC_DONE }

arc end_pre_copy: PRE_COPY -> RUNNING
  "The saving session ends; the device runs on."
  by user
  cite uapi "1104-1110: The PRE_COPY arc will terminate a data transfer session"
  tag direct_arc
  when pre_copy
  { session' = NO_SESSION  data_fd' = false  last' = ARC_DONE }

arc run_fully: RUNNING_P2P -> RUNNING
  "The device runs fully."
  by user
  cite uapi "1105-1106: While in RUNNING the device is fully operational"
  tag direct_arc
  when p2p
  { operation' = FULL  last' = ARC_DONE }

arc start_running: STOP -> RUNNING
  "The device runs fully, where RUNNING_P2P is skipped over."
  by user
  cite core "703-705: Without P2P and precopy the driver must implement: ... STOP -> RUNNING"
  tag direct_arc
  when not p2p
  { operation' = FULL  last' = ARC_DONE }

arc end_pre_copy_p2p: PRE_COPY_P2P -> RUNNING_P2P
  "The saving session ends; the device stays P2P quiescent."
  by user
  cite uapi "1112, 1118: The PRE_COPY_P2P arc will terminate a data transfer session"
  tag direct_arc
  when p2p and pre_copy
  { session' = NO_SESSION  data_fd' = false  last' = ARC_DONE }

arc quiesce: RUNNING -> RUNNING_P2P
  "The device stops P2P DMA and completes what it has begun."
  by user
  cite uapi "1113-1116: the device is partially running in the P2P quiescent state"
  cite uapi "1183-1185: The migration driver must complete any such outstanding operations prior to completing the FSM arc into a P2P state"
  tag direct_arc
  when p2p
  { operation' = p2p_quiescence  p2p_pending' = false  last' = ARC_DONE }

arc start: STOP -> RUNNING_P2P
  "The device runs, without P2P DMA."
  by user
  cite uapi "1114-1116: the device is partially running in the P2P quiescent state"
  tag direct_arc
  when p2p
  { operation' = p2p_quiescence  p2p_pending' = false  last' = ARC_DONE }

arc begin_pre_copy: RUNNING -> PRE_COPY
  "A saving session begins; the device runs on."
  by user
  cite uapi "1120, 1128-1129: These arcs begin the process of saving the device state and will return a new data_fd"
  tag direct_arc
  when pre_copy
  { session' = SAVING  data_fd' = true  last' = SESSION_BEGUN }

arc begin_pre_copy_p2p: RUNNING_P2P -> PRE_COPY_P2P
  "A saving session begins; the device stays P2P quiescent."
  by user
  cite uapi "1121, 1128-1129: These arcs begin the process of saving the device state and will return a new data_fd"
  tag direct_arc
  when p2p and pre_copy
  { session' = SAVING  data_fd' = true  last' = SESSION_BEGUN }

arc begin_stop_copy: STOP -> STOP_COPY
  "A saving session begins; the device stays stopped."
  by user
  cite uapi "1122, 1128-1129: These arcs begin the process of saving the device state and will return a new data_fd"
  tag direct_arc
  { session' = SAVING  data_fd' = true  last' = SESSION_BEGUN }

arc quiesce_pre_copy: PRE_COPY -> PRE_COPY_P2P
  "The device stops P2P DMA and completes what it has begun; saving goes on."
  by user
  cite uapi "1136-1139: Entering PRE_COPY_P2P continues all the behaviors of PRE_COPY above"
  cite uapi "1183-1185: The migration driver must complete any such outstanding operations prior to completing the FSM arc into a P2P state"
  tag direct_arc
  when p2p and pre_copy
  { operation' = p2p_quiescence  p2p_pending' = false  last' = ARC_DONE }

arc run_fully_pre_copy: PRE_COPY_P2P -> PRE_COPY
  "The device runs fully; saving goes on."
  by user
  cite uapi "1141-1143: returning the device to a full RUNNING behavior while continuing all the behaviors of PRE_COPY"
  tag direct_arc
  when p2p and pre_copy
  { operation' = FULL  last' = ARC_DONE }

arc stop_pre_copy_p2p: PRE_COPY_P2P -> STOP_COPY
  "The device stops; saving goes on."
  by user
  cite uapi "1145-1148: the same behavior as STOP with the addition that the data transfers session continues to stream the migration state"
  tag direct_arc
  when p2p and pre_copy
  { operation' = STOPPED  p2p_pending' = false  last' = ARC_DONE }

arc stop_pre_copy: PRE_COPY -> STOP_COPY
  "The device stops, where PRE_COPY_P2P is skipped over; saving goes on."
  by user
  cite core "688-692: If precopy is supported then the driver must support these additional FSM arcs: ... PRE_COPY -> STOP_COPY"
  tag direct_arc
  when pre_copy and not p2p
  { operation' = STOPPED  p2p_pending' = false  last' = ARC_DONE }

arc begin_resuming: STOP -> RESUMING
  "A loading session begins; whether a stream without a byte is already complete is the device's business."
  by user
  cite uapi "1155-1157: Entering the RESUMING state starts a process of restoring the device state and will return a new data_fd"
  tag direct_arc
  { session' = LOADING  data_fd' = true  stream' in {PARTIAL, COMPLETE}  last' = SESSION_BEGUN }

# --- Calls that fail. A combination transition is a sequence of arcs; where it fails, the arcs before stand.

rule call_fails
  "SET_STATE fails and changes nothing."
  by device
  cite uapi "1031-1032: If this function fails then current device_state may be the original operating state or some other state along the combination transition path"
  when state != ERROR
  { last' = CALL_FAILED }

rule call_breaks
  "SET_STATE fails and the device cannot be restored to any valid state."
  by device
  cite uapi "1170-1174: any transition request can be failed with an errno return and may then move the device_state into ERROR"
  cite ops "192-194: ensure that FD reaches end of stream or error whenever the migration FSM leaves a data transfer state"
  when state != ERROR
  {
    state' = ERROR
    operation' in {STOPPED, FULL}
    session' = NO_SESSION
    data_fd' = false
    stream' = PARTIAL
    last' = CALL_FAILED
  }

rule fd_not_returned(new: State)
  "SET_STATE takes an arc that begins a session, then cannot return the data_fd, and fails in the new state."
  by kernel
  cite core "872-882: fd = get_unused_fd_flags(O_CLOEXEC); if (fd < 0) ... if (copy_to_user(arg, mig, sizeof(*mig))) { ret = -EFAULT; goto out_put_unused;"
  when begins(state, new)
  { state' = new  session' = session_of(new)  data_fd' = false  stream' = PARTIAL  last' = FD_LOST }

# --- Resets, and what drivers do of their own accord

rule reset
  "The user resets the device."
  by user
  cite uapi "1175-1176: VFIO_DEVICE_RESET must be used to return the device_state back to RUNNING"
  {
    state' = RUNNING
    operation' = FULL
    p2p_pending' = false
    session' = NO_SESSION
    data_fd' = false
    stream' = PARTIAL
    last' = RESET_DONE
  }

rule host_reset
  "The host resets the device, or recovers it after a PCI error."
  by kernel
  cite mlx5 "1220-1221: mvdev->mig_state = VFIO_DEVICE_STATE_RUNNING; mlx5vf_disable_fds(mvdev, NULL);", mlx5 "1434: .reset_done = mlx5vf_pci_aer_reset_done"
  {
    state' = RUNNING
    operation' = FULL
    p2p_pending' = false
    session' = NO_SESSION
    data_fd' = false
    stream' = PARTIAL
    last' = HOST_RESET
  }

rule recovery
  "The device reports that it has recovered from a failure, and the driver moves to ERROR."
  by device
  cite pds "22-44: pds_vfio_reset(pds_vfio, VFIO_DEVICE_STATE_ERROR)"
  when state not in {RUNNING, ERROR}
  {
    state' = ERROR
    operation' in {STOPPED, FULL}
    session' = NO_SESSION
    data_fd' = false
    stream' = PARTIAL
    last' = RECOVERED
  }

# --- The device at work

rule memory_dma
  "The device does DMA to memory."
  by device
  cite uapi "1106-1108: the device may generate interrupts, DMA"
  when operation in {NO_P2P_DMA, FULL}
  { last' = MEMORY_DMA }

rule p2p_dma
  "The device begins P2P DMA."
  by device
  cite uapi "1180-1182: must prevent the device from initiating any new P2P DMA transactions"
  when operation == FULL
  { p2p_pending' = true  last' = P2P_DMA }

rule p2p_completion
  "P2P DMA that had begun completes."
  by device
  cite uapi "1183-1185: outstanding operations"
  when p2p_pending
  { p2p_pending' = false  last' = P2P_DMA }

rule interrupt
  "The device raises an interrupt."
  by device
  cite uapi "1106-1107: the device may generate interrupts"
  when operation != STOPPED
  { last' = INTERRUPT }

rule advance
  "The device changes its internal state."
  by device
  cite uapi "1108: the device may advance its internal state"
  when operation != STOPPED
  { last' = ADVANCED }

# --- The user and the data

rule write_data
  "The user writes to the data_fd; what has once been found invalid stays so."
  by user
  cite uapi "1155-1158: The data stream fed into the data_fd"
  when state == RESUMING and data_fd and stream != INVALID
  { stream' in Stream  last' = DATA_WRITTEN }

rule close_fd
  "The user closes the data_fd."
  by user
  cite uapi "1038-1039: The user is responsible to close this FD when it is finished"
  when data_fd
  { data_fd' = false  last' = FD_CLOSED }

rule touch
  "The user accesses the device where he must not, and it leaves its quiescence."
  by user
  cite uapi "1186-1188: Like while in STOP or STOP_COPY the user must not touch the device, otherwise the state can be exited"
  when state in {STOP, STOP_COPY, RUNNING_P2P, PRE_COPY_P2P}
  { operation' = FULL  last' = TOUCHED }

# --- What each state promises

property stopped_is_silent
  "In STOP, STOP_COPY and RESUMING the device raises no interrupt, does no DMA and keeps its internal state, if the user leaves it alone."
  cite uapi "1079-1081: The device must not generate interrupts, DMA, or any other change to external state. It must not change its internal state"
  cite uapi "1146: While in the STOP_COPY state the device has the same behavior as STOP"
  cite uapi "1063: RESUMING - The device is stopped"
  every step stopped(state) implies last' not in {MEMORY_DMA, P2P_DMA, INTERRUPT, ADVANCED}
  assuming last != TOUCHED

property stopped_is_silent_whatever_the_user_does
  "Lines 1079 to 1081 promise it without condition; lines 1186 to 1188 take it back where the user touches the device."
  cite uapi "1079-1081: The device must not generate interrupts, DMA, or any other change to external state"
  cite uapi "1186-1188: the user must not touch the device, otherwise the state can be exited"
  every step stopped(state) implies last' not in {MEMORY_DMA, P2P_DMA, INTERRUPT, ADVANCED}
  expect violated

property quiescent_does_no_p2p_dma
  "In the P2P states no P2P DMA begins or goes on."
  cite uapi "1180-1182: The RUNNING_P2P and PRE_COPY_P2P states must prevent the device from initiating any new P2P DMA transactions"
  every step quiescent(state) implies last' != P2P_DMA
  assuming last != TOUCHED

property quiescent_has_no_p2p_dma_outstanding
  "P2P DMA that has begun is completed before a P2P state, or STOP, is entered."
  cite uapi "1183-1185: The migration driver must complete any such outstanding operations prior to completing the FSM arc into a P2P state"
  always quiescent(state) or stopped(state) implies not p2p_pending
  assuming last != TOUCHED

property quiescing_completes_p2p_dma
  "An arc that takes the device to less work, or into a P2P state, ends with no P2P DMA outstanding, whatever the user does."
  cite uapi "1183-1185: The migration driver must complete any such outstanding operations prior to completing the FSM arc into a P2P state"
  every step last' == ARC_DONE and (work(state') < work(state) or quiescent(state') and not quiescent(state))
    implies not p2p_pending'

property quiescent_does_no_dma_that_it_cannot_tell
  "A device that cannot tell P2P DMA does no DMA at all in the P2P states."
  cite uapi "1182-1183: If the device can identify P2P transactions then it can stop only P2P DMA, otherwise it must stop all DMA"
  every step quiescent(state) and not tells_p2p implies last' != MEMORY_DMA
  assuming last != TOUCHED

property quiescent_still_runs
  "A P2P quiescent device may raise interrupts and change its internal state."
  cite uapi "1115-1116: the device is partially running in the P2P quiescent state"
  always quiescent(state) implies operation in {NO_DMA, NO_P2P_DMA}
  assuming last != TOUCHED

property running_is_fully_operational
  "In RUNNING and PRE_COPY the device may do everything."
  cite uapi "1106-1108: While in RUNNING the device is fully operational"
  cite uapi "1069: PRE_COPY - The device is running normally"
  always state in {RUNNING, PRE_COPY} implies operation == FULL

property beginning_to_save_keeps_the_operation
  "The arcs that begin a session leave the device as it was, running, P2P quiescent or stopped."
  cite uapi "1132-1133: Each arc does not change the device operation, the device remains RUNNING, P2P quiesced or in STOP"
  every step last' == SESSION_BEGUN implies operation' == operation and p2p_pending' == p2p_pending

property error_is_silent
  "Nothing is promised of a device in ERROR: it may be at work. (In protocol v1 the error state was `not _RUNNING`.)"
  cite uapi "1173-1174: the device was unable to execute the requested arc and was also unable to restore the device to any valid device_state"
  every step state == ERROR implies last' not in {MEMORY_DMA, P2P_DMA, INTERRUPT, ADVANCED}
  expect violated

property starts_running
  "A device that has just been opened is RUNNING; the header does not say so, the drivers do."
  cite pci "524: ret = pci_try_reset_function(pdev);"
  always last == OPENED implies state == RUNNING and operation == FULL and session == NO_SESSION

property stop_copy_is_reached
  "The device state can be read out."
  cite uapi "996-997: VFIO_MIGRATION_STOP_COPY means that STOP, STOP_COPY and RESUMING are supported"
  reachable state == STOP_COPY and data_fd

property resuming_is_reached
  "A complete device state can be written in."
  cite uapi "996-997: VFIO_MIGRATION_STOP_COPY means that STOP, STOP_COPY and RESUMING are supported"
  reachable state == RESUMING and stream == COMPLETE

property running_p2p_is_reached
  "With P2P, RUNNING_P2P can be entered."
  cite uapi "999-1000: VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P means that RUNNING_P2P is supported"
  reachable p2p implies state == RUNNING_P2P

property pre_copy_is_reached
  "With PRE_COPY, PRE_COPY can be entered."
  cite uapi "1002-1003: VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY means that PRE_COPY is supported"
  reachable pre_copy implies state == PRE_COPY

property pre_copy_p2p_is_reached
  "With both, PRE_COPY_P2P can be entered."
  cite uapi "1005-1007: VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY means that RUNNING_P2P, PRE_COPY and PRE_COPY_P2P are supported"
  reachable p2p and pre_copy implies state == PRE_COPY_P2P

property p2p_dma_can_be_outstanding
  "In a state that is not quiescent there can be P2P DMA to complete."
  cite uapi "1183-1185: such outstanding operations"
  reachable p2p_pending

property optional_states_only_if_supported
  "A device is never in a state that it does not support."
  cite uapi "1205-1206: The optional states cannot be used with SET_STATE if the device does not support them"
  always state != ERROR implies supported(state)

# --- ERROR

property error_only_by_a_failed_call
  "ERROR is entered only by a call that fails, if the device does not report a recovery."
  cite uapi "1170-1174: any transition request can be failed with an errno return and may then move the device_state into ERROR"
  state == ERROR reached only via call_breaks
  assuming last != RECOVERED

property error_only_by_a_failed_call_in_drivers
  "pds moves to ERROR on an event of the device, with the sentence that forbids it in the comment above."
  cite pds "24-27: Documentation states that the kernel migration driver must not generate asynchronous device state transitions"
  state == ERROR reached only via call_breaks
  expect violated

property error_left_only_by_reset
  "ERROR is left only by a reset, for RUNNING."
  cite uapi "1175-1176: To recover from ERROR VFIO_DEVICE_RESET must be used to return the device_state back to RUNNING"
  every step state == ERROR and state' != ERROR
    implies state' == RUNNING and last' in {RESET_DONE, HOST_RESET}

property reset_runs
  "After a reset the device is RUNNING, whatever it was before."
  cite uapi "1175-1176: to return the device_state back to RUNNING"
  every step last' in {RESET_DONE, HOST_RESET}
    implies state' == RUNNING and operation' == FULL and not p2p_pending' and session' == NO_SESSION

property failed_call_stays_on_the_path
  "Lines 1031 to 1032 leave out ERROR, which is on no path."
  cite uapi "1031-1032: current device_state may be the original operating state or some other state along the combination transition path"
  cite uapi "1171-1173: any transition request can be failed with an errno return and may then move the device_state into ERROR"
  every step last' == CALL_FAILED implies state' == state
  expect violated

property failed_call_has_not_taken_its_arc
  "SET_STATE can fail although the device is in the new state: the descriptor is made after the transition."
  cite uapi "1172-1173: In this case the device was unable to execute the requested arc"
  cite core "929-933: filp = device->mig_ops->migration_set_state(device, mig.device_state); ... return vfio_ioct_mig_return_fd(filp, arg, &mig);"
  every step last' in {CALL_FAILED, FD_LOST} implies state' == state or state' == ERROR
  expect violated

property next_state_is_asked_of_valid_states
  "ERROR is a state that the protocol has, and vfio_mig_get_next_state() warns of it as of a driver's bug; pds keeps away from the call for that reason."
  cite uapi "990-992: the RUNNING and ERROR states are always supported"
  cite core "838-841: WARN_ON(cur_fsm >= ARRAY_SIZE(vfio_from_fsm_table) || (state_flags_table[cur_fsm] & device->migration_flags) != state_flags_table[cur_fsm])"
  cite pds_dev "49-54: vfio_mig_get_next_state() will throw a WARN_ON() when transitioning from VFIO_DEVICE_STATE_ERROR to any other state"
  always supported(state)
  expect violated

# --- No asynchronous transitions

property no_asynchronous_transitions
  "The state changes only by SET_STATE and by a reset, but for what the host and the device do."
  cite uapi "1027-1029: The kernel migration driver must not generate asynchronous device state transitions outside of manipulation by the user or the VFIO_DEVICE_RESET ioctl"
  every step state' != state implies last' in {ARC_DONE, SESSION_BEGUN, CALL_FAILED, FD_LOST, RESET_DONE}
  assuming last not in {HOST_RESET, RECOVERED}

property no_asynchronous_transitions_in_drivers
  "A reset by the host sets RUNNING, a recovery of the device sets ERROR."
  cite uapi "1027-1029: The kernel migration driver must not generate asynchronous device state transitions"
  cite mlx5 "1220: mvdev->mig_state = VFIO_DEVICE_STATE_RUNNING"
  cite pds "42: pds_vfio_reset(pds_vfio, VFIO_DEVICE_STATE_ERROR)"
  every step state' != state implies last' in {ARC_DONE, SESSION_BEGUN, CALL_FAILED, FD_LOST, RESET_DONE}
  expect violated

# --- Data transfer sessions

property session_exactly_where_it_belongs
  "A saving session exists exactly in the saving group, a loading session exactly in RESUMING."
  cite uapi "1123-1126: PRE_COPY, PRE_COPY_P2P and STOP_COPY form the saving group of states which share a data transfer session"
  cite ops "191-194: The returned FD is used for data transfer according to the FSM definition"
  always session == session_of(state)

property fd_ends_with_its_session
  "The user holds a live descriptor only as long as its session lasts."
  cite ops "192-194: ensure that FD reaches end of stream or error whenever the migration FSM leaves a data transfer state"
  always data_fd implies session != NO_SESSION

property data_ends_with_its_session
  "What was written in one loading session is not taken for the data of another."
  cite uapi "1157-1159: The data stream fed into the data_fd should be taken from the data transfer output of a single FD"
  always stream != PARTIAL implies state == RESUMING

property session_survives_in_the_saving_group
  "Within the saving group the session and its descriptor stay."
  cite uapi "1124-1126: Moving between these states alters what is streamed in session, but does not terminate or otherwise affect the associated fd"
  every step saving(state) and saving(state')
    implies session' == session and last' != SESSION_BEGUN and (data_fd' == data_fd or last' == FD_CLOSED)

property session_begins_with_a_new_fd
  "A call that begins a session and succeeds returns a descriptor."
  cite uapi "1037-1038: If the new_state starts a new data transfer session then the FD associated with that session is returned in data_fd"
  every step session' != session and session' != NO_SESSION implies last' == SESSION_BEGUN and data_fd'
  assuming last != FD_LOST

property session_means_fd
  "A session can run without any user holding its descriptor, even where the user never closes one."
  cite core "879-881: if (copy_to_user(arg, mig, sizeof(*mig))) ... goto out_put_unused"
  always session != NO_SESSION implies data_fd
  assuming last != FD_CLOSED
  expect violated

property resuming_ends_in_stop_only_with_good_data
  "RESUMING -> STOP succeeds only with complete and valid data."
  cite uapi "1094-1097: If the user provided data is found to be incomplete, inconsistent, or otherwise invalid, the migration driver must fail the SET_STATE ioctl"
  every step state == RESUMING and state' == STOP implies stream == COMPLETE

property resuming_is_aborted_only_by_reset
  "Without good data RESUMING is left only for ERROR, or by a reset."
  cite uapi "1102: To abort a RESUMING session the device must be reset"
  every step state == RESUMING and stream != COMPLETE and state' != RESUMING
    implies state' == ERROR or last' in {RESET_DONE, HOST_RESET}

# --- Arcs

property arcs_are_those_of_the_core
  "Every arc that the rules take is one that vfio_mig_get_next_state() asks for. (That each such arc is taken follows from `routes_keep_the_session`: a pair whose next hop is its goal has a route of one arc.)"
  cite core "674-705: The coding in this table requires the driver to implement the following FSM arcs"
  every step last' in {ARC_DONE, SESSION_BEGUN, FD_LOST} implies direct(state, state')

property arcs_per_flag_set
  "6 arcs without optional states, 8 with P2P, 9 with PRE_COPY, 15 with both."
  cite core "674-705: the driver must implement"
  always (count s in State: direct(s, STOP)) + (count s in State: direct(s, RUNNING))
      + (count s in State: direct(s, STOP_COPY)) + (count s in State: direct(s, RESUMING))
      + (count s in State: direct(s, RUNNING_P2P)) + (count s in State: direct(s, PRE_COPY))
      + (count s in State: direct(s, PRE_COPY_P2P))
    == (if p2p and pre_copy then 15 else if pre_copy then 9 else if p2p then 8 else 6)

def header_arc(a: State, b: State) =
  a == RUNNING_P2P and b in {STOP, RUNNING, PRE_COPY_P2P} or a == STOP_COPY and b == STOP
  or a == RESUMING and b == STOP or a == PRE_COPY and b in {RUNNING, PRE_COPY_P2P}
  or a == PRE_COPY_P2P and b in {RUNNING_P2P, PRE_COPY, STOP_COPY}
  or a == RUNNING and b in {RUNNING_P2P, PRE_COPY} or a == STOP and b in {RUNNING_P2P, STOP_COPY, RESUMING}
  "The arcs that the header describes, lines 1077 to 1155."

property header_describes_every_arc
  "Without P2P drivers implement RUNNING -> STOP, STOP -> RUNNING and PRE_COPY -> STOP_COPY, which the header does not describe."
  cite uapi "1190-1191: The remaining possible transitions are interpreted as combinations of the above FSM arcs"
  every step last' in {ARC_DONE, SESSION_BEGUN, FD_LOST} implies header_arc(state, state')
  expect violated

property header_describes_every_arc_with_p2p
  "With P2P the header describes every arc."
  cite uapi "1074-1075: The driver implements the following behavior for the FSM arcs"
  every step p2p and last' in {ARC_DONE, SESSION_BEGUN, FD_LOST} implies header_arc(state, state')

def comment_arc(a: State, b: State) =
  a == RESUMING and b == STOP or a == STOP and b in {RESUMING, STOP_COPY} or a == STOP_COPY and b == STOP
  or p2p
    and (a == RUNNING and b == RUNNING_P2P or a == RUNNING_P2P and b in {RUNNING, STOP}
      or a == STOP and b == RUNNING_P2P)
  or pre_copy and not p2p and (a == RUNNING and b == PRE_COPY or a == PRE_COPY and b in {RUNNING, STOP_COPY})
  or pre_copy and p2p
    and (a == PRE_COPY and b in {RUNNING, PRE_COPY_P2P}
      or a == PRE_COPY_P2P and b in {PRE_COPY, RUNNING_P2P, STOP_COPY} or a == RUNNING and b == PRE_COPY
      or a == RUNNING_P2P and b == PRE_COPY_P2P)
  or not p2p and not pre_copy and (a == RUNNING and b == STOP or a == STOP and b == RUNNING)
  "The arcs that the comment in vfio_main.c lists for each set of flags, lines 674 to 705."

property comment_lists_every_arc
  "With PRE_COPY and without P2P the driver must implement RUNNING -> STOP and STOP -> RUNNING, which the comment asks for only `without P2P and precopy`."
  cite core "703-705: Without P2P and precopy the driver must implement: RUNNING -> STOP ... STOP -> RUNNING"
  every step last' in {ARC_DONE, SESSION_BEGUN, FD_LOST} implies comment_arc(state, state')
  expect violated

property comment_is_right_for_the_other_flags
  "For the other three sets of flags the comment lists exactly the arcs."
  cite core "674-705: the driver must implement"
  always p2p or not pre_copy implies (all a in State: all b in State: comment_arc(a, b) iff direct(a, b))

property never_from_stop_copy_to_pre_copy
  "No step leads from STOP_COPY to a pre-copy state."
  cite uapi "1163-1165: These arcs are not permitted and return error if requested"
  every step state == STOP_COPY implies state' not in {PRE_COPY, PRE_COPY_P2P}

# --- Routes: how a combination transition is made up of arcs
#
# The data is taken to be good, so that RESUMING can be left; `apart` are the states no request begins or ends in.

def apart(s: State) = s == ERROR or not supported(s)

property routes_by_the_rules
  "The header's two rules leave exactly one path between any two states."
  cite uapi "1193-1195: Select the shortest path. ... The path cannot have saving group states as interior arcs, only starting/end states"
  routes direct_arc shortest through not saving(state) except apart(start) or apart(goal)
  assuming state == RESUMING implies stream == COMPLETE

property routes_by_the_shortest_path_alone
  "The first rule alone leaves a choice, for example from RUNNING to PRE_COPY_P2P."
  cite uapi "1193: Select the shortest path"
  routes direct_arc shortest except apart(start) or apart(goal)
  assuming state == RESUMING implies stream == COMPLETE
  expect violated

property routes_by_the_rules_are_those_of_the_core
  "The core follows another path than the header's rules from PRE_COPY to STOP_COPY, and refuses the two from STOP_COPY back."
  cite uapi "1196: Refer to vfio_mig_get_next_state() for the result of the algorithm"
  cite core "710: PRE_COPY -> PRE_COPY_P2P -> STOP_COPY"
  routes direct_arc shortest through not saving(state) except apart(start) or apart(goal) matching next_hop
  assuming state == RESUMING implies stream == COMPLETE
  expect violated

property routes_by_the_rules_but_for_three
  "From all states to all others, but for these three pairs, the header's rules give the core's next hop."
  cite uapi "1193-1196: Refer to vfio_mig_get_next_state() for the result of the algorithm"
  routes direct_arc shortest through not saving(state)
    except apart(start) or apart(goal) or start == PRE_COPY and goal == STOP_COPY
      or start == STOP_COPY and goal in {PRE_COPY, PRE_COPY_P2P}
    matching next_hop
  assuming state == RESUMING implies stream == COMPLETE

property routes_keep_the_session
  "One rule gives the core's table for every set of flags, the blocked pairs included: interior states lie in the saving group if and only if both ends do."
  cite core "740-821, 853-857: vfio_from_fsm_table"
  cite uapi "1163-1165: STOP_COPY -> PRE_COPY ... STOP_COPY -> PRE_COPY_P2P ... These arcs are not permitted"
  routes direct_arc shortest through saving(state) iff saving(start) and saving(goal)
    except apart(start) or apart(goal)
    blocked start == STOP_COPY and goal in {PRE_COPY, PRE_COPY_P2P} as ERROR
    matching next_hop
  assuming state == RESUMING implies stream == COMPLETE

property table_matches_the_kernel
  "The table above is the kernel's."
  cite core "740-821: vfio_from_fsm_table"
  next_state matches c "drivers/vfio/vfio_main.c" table vfio_from_fsm_table

property flags_match_the_kernel
  "The flags that each state needs are the kernel's."
  cite core "823-836: state_flags_table"
  state_flags matches c "drivers/vfio/vfio_main.c" table state_flags_table

property next_hop_is_supported
  "`Arcs touching optional and unsupported states are skipped over`: the loop ends after one turn at most."
  cite core "854: while (*next_fsm != VFIO_DEVICE_STATE_ERROR &&"
  always all a in State: all b in State:
    supported(a) and supported(b) implies next_hop(a, b) == ERROR or supported(next_hop(a, b))

property four_steps_reach_the_goal
  "Every request that is not blocked is fulfilled after at most four arcs."
  cite core "662-664: The function may need to be called multiple times before reaching new_fsm"
  always all a in State: all b in State:
    supported(a) and supported(b) and not (a == STOP_COPY and b in {PRE_COPY, PRE_COPY_P2P})
    implies next_hop(next_hop(next_hop(next_hop(a, b), b), b), b) == b

property three_steps_reach_the_goal
  "Four arcs are needed, for example from RESUMING to PRE_COPY."
  cite core "720: RESUMING -> STOP -> RUNNING_P2P -> RUNNING -> PRE_COPY"
  always all goal_state in State:
    supported(state) and supported(goal_state)
      and not (state == STOP_COPY and goal_state in {PRE_COPY, PRE_COPY_P2P})
    implies next_hop(next_hop(next_hop(state, goal_state), goal_state), goal_state) == goal_state
  expect violated

property fd_is_returned_by_the_last_arc
  "An arc that begins a session is the last of its route, so no descriptor is lost on the way."
  cite mlx5 "1250-1252: if (WARN_ON(res && new_state != mvdev->mig_state)) { fput(res);"
  always all a in State: all b in State:
    supported(a) and supported(b) and opens(a, next_hop(a, b)) implies next_hop(a, b) == b

property p2p_dma_completes
  "P2P DMA that has begun is not outstanding for ever."
  cite uapi "1183-1185: The migration driver must complete any such outstanding operations"
  p2p_pending leads to not p2p_pending assuming fair p2p_completion

property routes_do_no_more_than_their_ends
  "On the way the device is never let do more than at one of the ends (each hop keeps within them, and so does the route)."
  cite uapi "1198-1199: The automatic transit through the FSM arcs that make up the combination transition is invisible to the user"
  always all a in State: all b in State:
    supported(a) and supported(b) implies work(next_hop(a, b)) <= work(a) or work(next_hop(a, b)) <= work(b)

property pre_copy_is_removed_not_skipped
  "Without PRE_COPY no route touches its states, so removing their arcs, as the header has it, and skipping over them, as the core does, are the same."
  cite uapi "1210-1211: Arcs touching PRE_COPY and PRE_COPY_P2P are removed if support for PRE_COPY is not present"
  always all a in State: all b in State:
    a not in {PRE_COPY, PRE_COPY_P2P} and b not in {PRE_COPY, PRE_COPY_P2P}
    implies next_state(a, b) not in {PRE_COPY, PRE_COPY_P2P}

property p2p_is_removed_not_skipped
  "P2P is skipped over: without its arcs the routes between RUNNING and STOP would be gone."
  cite uapi "1185-1186: For the purpose of specification the states behave as though the device was fully running if not supported"
  always all a in State: all b in State:
    a not in {RUNNING_P2P, PRE_COPY_P2P} and b not in {RUNNING_P2P, PRE_COPY_P2P}
    implies next_state(a, b) not in {RUNNING_P2P, PRE_COPY_P2P}
  expect violated

property error_cannot_be_requested
  "No request leads to ERROR, and none leads out of it."
  cite uapi "1171: ERROR cannot be specified as a device state"
  always all a in State: next_hop(a, ERROR) == ERROR and next_hop(ERROR, a) == ERROR

# --- Getting back

property back_to_running
  "From every state RUNNING can be reached again."
  cite uapi "1033-1035: The user can then decide if it should execute a VFIO_DEVICE_RESET"
  recoverable state == RUNNING from true

property back_to_running_without_reset
  "Outside ERROR and RESUMING the arcs alone lead back."
  cite uapi "1033-1035: attempt to return to the original state, or attempt to return to some other state such as RUNNING or STOP"
  recoverable state == RUNNING from state not in {ERROR, RESUMING}
  assuming last not in {RESET_DONE, HOST_RESET}

property back_from_resuming_without_reset
  "From RESUMING the arcs lead back where the data is complete or can still be completed."
  cite uapi "1089-1094: Leaving RESUMING"
  recoverable state == RUNNING
    from state == RESUMING and (stream == COMPLETE or stream == PARTIAL and data_fd)
  assuming last not in {RESET_DONE, HOST_RESET}

property back_from_any_resuming_without_reset
  "From RESUMING only a reset helps where the data is invalid, or its descriptor is closed or was never returned."
  cite uapi "1033-1035: attempt to return to some other state such as RUNNING or STOP"
  cite uapi "1102: To abort a RESUMING session the device must be reset"
  recoverable state == RUNNING from state == RESUMING
  assuming last not in {RESET_DONE, HOST_RESET}
  expect violated

property back_from_error_without_reset
  "From ERROR only a reset leads back."
  cite uapi "1175-1176: To recover from ERROR VFIO_DEVICE_RESET must be used"
  recoverable state == RUNNING from state == ERROR
  assuming last not in {RESET_DONE, HOST_RESET}
  expect violated

property no_deadlock
  "In every state something can happen."
  cite uapi "1175-1176: VFIO_DEVICE_RESET must be used to return the device_state back to RUNNING"
  no deadlock

property no_deadlock_without_reset
  "ERROR is a dead end where the reset fails, and nothing makes a device that offers migration support the reset."
  cite pci "1259-1260: if (!vdev->reset_works) return -EINVAL"
  no deadlock
  assuming last not in {RESET_DONE, HOST_RESET}
  expect violated
