machine vfio_next_state
  "vfio_mig_get_next_state(): look-up, the loop that skips unsupported states, the result; called by a driver until the state asked for is reached."

# Numbers before a quotation are line numbers in Linux 6.12.
source core = "drivers/vfio/vfio_main.c, Linux 6.12.117"
source uapi = "include/uapi/linux/vfio.h, Linux 6.12.117"
source mlx5 = "drivers/vfio/pci/mlx5/main.c, Linux 6.12.117"
source fix = "Junrui Luo, 2 Jun 2026, <SYBPR01MB7881290BBDE79B61AE6A017FAF122@SYBPR01MB7881.ausprd01.prod.outlook.com>, [PATCH] vfio: prevent infinite loop in vfio_mig_get_next_state() on blocked arc"
source cornelia = "Cornelia Huck, 2 Mar 2022, <87tucgiouf.fsf@redhat.com>, on the first version of the function"
source jason = "Jason Gunthorpe, 2 Mar 2022, <20220302142732.GK219866@nvidia.com>, in reply"

# --- What the device offers

param p2p: bool "VFIO_MIGRATION_P2P"
param pre_copy: bool "VFIO_MIGRATION_PRE_COPY"

# --- States and tables

enum State {
  ERROR = 0, STOP = 1, RUNNING = 2, STOP_COPY = 3, RESUMING = 4, RUNNING_P2P = 5, PRE_COPY = 6,
  PRE_COPY_P2P = 7
}

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
  "All flags of the state are flags of the device."

# --- The function, its caller, and the user

enum Place {
  IDLE "no request is under way",
  CHECK_CUR "838-841: is the current state supported?",
  CHECK_NEW "843-846: is the state asked for supported?",
  LOOK_UP "853: the table is asked for the first time",
  LOOP_TEST "854-856: the test of the loop",
  LOOP_BODY "857: the body of the loop",
  RESULT "859: 0 or -EINVAL",
  STEP "0 has been returned; the driver takes the step",
  AGAIN "the driver asks whether the state is the one requested"
}
enum Outcome {
  PENDING, REACHED,
  BAD_CUR "-EINVAL and a warning: the current state is not supported",
  BAD_NEW "-EINVAL: the state asked for is not supported",
  BLOCKED "-EINVAL: no step leads there"
}

control place
var place: Place = IDLE
var state: State "cur_fsm: the state the driver is in; the first request may meet any, ERROR and unsupported ones too"
var wanted: State = RUNNING "new_fsm: the state the user asks for"
var next: State = ERROR "*next_fsm, which says nothing unless `written`"
var written: bool = false "*next_fsm has been written by this call"

# Recorded, never read by a rule.
var outcome: Outcome = REACHED "how the last request ended"
var turns: int 0..2 = 0 "how often this call has run the loop's body; 2 stands for 2 and more"
var steps: int 0..5 = 0 "how many steps this request has taken"

arc ask(new: State): IDLE -> CHECK_CUR
  "The user makes a request. The driver asks for a first step even if the device is in that state already, as the function allows."
  by user
  cite core "929: filp = device->mig_ops->migration_set_state(device, mig.device_state)"
  { wanted' = new  next' = ERROR  written' = false  outcome' = PENDING  turns' = 0  steps' = 0 }

arc refuse_cur: CHECK_CUR -> IDLE
  "The function warns and returns -EINVAL: a driver's bug, or a device in ERROR."
  by kernel
  cite core "838-841: if (WARN_ON(cur_fsm >= ARRAY_SIZE(vfio_from_fsm_table) || (state_flags_table[cur_fsm] & device->migration_flags) != state_flags_table[cur_fsm])) return -EINVAL"
  when not supported(state)
  { outcome' = BAD_CUR }

arc accept_cur: CHECK_CUR -> CHECK_NEW
  "The current state is supported."
  by kernel
  cite core "838-841: (state_flags_table[cur_fsm] & device->migration_flags) != state_flags_table[cur_fsm]"
  when supported(state)

arc refuse_new: CHECK_NEW -> IDLE
  "The function returns -EINVAL: ERROR, an optional state that is not supported, or (not modelled) a number that is no state."
  by kernel
  cite core "843-846: if (new_fsm >= ARRAY_SIZE(vfio_from_fsm_table) || (state_flags_table[new_fsm] & device->migration_flags) != state_flags_table[new_fsm]) return -EINVAL"
  when not supported(wanted)
  { outcome' = BAD_NEW }

arc accept_new: CHECK_NEW -> LOOK_UP
  "The state asked for is supported."
  by kernel
  cite core "843-846: (state_flags_table[new_fsm] & device->migration_flags) != state_flags_table[new_fsm]"
  when supported(wanted)

arc look_up: LOOK_UP -> LOOP_TEST
  "The table names the next state."
  by kernel
  cite core "853: = vfio_from_fsm_table[cur_fsm][new_fsm]"
  { next' = next_state(state, wanted)  written' = true }

arc loop_on: LOOP_TEST -> LOOP_BODY
  "The next state is not supported, and the loop goes on."
  by kernel
  cite core "854-856: while (*next_fsm != VFIO_DEVICE_STATE_ERROR && (state_flags_table[*next_fsm] & device->migration_flags) != state_flags_table[*next_fsm])"
  cite fix "Terminate the skip loop on the ERROR sentinel"
  when next != ERROR and not supported(next)

arc loop_ends: LOOP_TEST -> RESULT
  "The loop ends."
  by kernel
  cite core "854-856: (state_flags_table[*next_fsm] & device->migration_flags) != state_flags_table[*next_fsm]"
  when next == ERROR or supported(next)

arc skip: LOOP_BODY -> LOOP_TEST
  "The next state is skipped over: the table names the one after it."
  by kernel
  cite core "857: = vfio_from_fsm_table[*next_fsm][new_fsm]"
  { next' = next_state(next, wanted)  turns' = if turns == 0 then 1 else 2 }

arc return_step: RESULT -> STEP
  "The function returns 0."
  by kernel
  cite core "859: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  when next != ERROR

arc return_error: RESULT -> IDLE
  "The function returns -EINVAL."
  by kernel
  cite core "859: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  when next == ERROR
  { outcome' = BLOCKED }

arc take_step: STEP -> AGAIN
  "The driver takes the step. (What happens if it fails is in migration_v2.arc.)"
  by kernel
  cite mlx5 "1246-1249: res = mlx5vf_pci_step_device_state_locked(mvdev, next_state); if (IS_ERR(res)) break; mvdev->mig_state = next_state"
  { state' = next  steps' = if steps < 5 then steps + 1 else 5 }

arc call_again: AGAIN -> CHECK_CUR
  "The driver asks for one more step."
  by kernel
  cite mlx5 "1239: while (new_state != mvdev->mig_state)"
  when state != wanted
  { written' = false  turns' = 0 }

arc arrive: AGAIN -> IDLE
  "The state asked for is reached."
  by kernel
  cite mlx5 "1239: while (new_state != mvdev->mig_state)"
  when state == wanted
  { outcome' = REACHED }

# --- The tables

property table_matches_the_kernel
  "The table above is the kernel's."
  cite core "740-821: vfio_from_fsm_table"
  next_state matches c "drivers/vfio/vfio_main.c" table vfio_from_fsm_table

property flags_match_the_kernel
  "The flags that each state needs are the kernel's."
  cite core "823-836: state_flags_table"
  state_flags matches c "drivers/vfio/vfio_main.c" table state_flags_table

# --- It ends

property function_terminates
  "Every call, of whatever states, returns."
  cite core "658: Return 0 upon success, otherwise -errno"
  cite fix "Terminate the skip loop on the ERROR sentinel so a blocked transition falls through to the existing return and reports -EINVAL"
  place == CHECK_CUR leads to place in {STEP, IDLE}

property request_terminates
  "So does the driver's loop around it."
  cite core "662-664: The function may need to be called multiple times before reaching new_fsm"
  place == CHECK_CUR leads to place == IDLE

property loop_runs_at_most_once
  "No two unsupported states follow each other: `if` would do instead of `while`."
  cite core "848-852: Arcs touching optional and unsupported states are skipped over"
  always turns <= 1

property loop_never_runs
  "It does, where RUNNING_P2P or PRE_COPY_P2P is not supported."
  cite core "850-851: The driver will instead see an arc from the original state to the next logical state"
  always turns == 0
  expect violated

property loop_ends_before_the_table_does
  "A turn of the loop never arrives at ERROR: the test for it matters only for what the look-up says."
  cite fix "once *next_fsm becomes ERROR the loop condition stays true and *next_fsm never changes"
  always turns > 0 implies next != ERROR

# --- What it returns

property returns_supported_states
  "It never returns an unsupported state."
  cite core "848-849: Arcs touching optional and unsupported states are skipped over"
  always place == STEP implies supported(next)

property never_returns_error
  "Nor ERROR, together with 0."
  cite core "859: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  never place == STEP and next == ERROR

# --- The route, without the table: the shortest path of the arcs that drivers implement

def implemented(a: State, b: State) =
  a == RESUMING and b == STOP or a == STOP and b in {RESUMING, STOP_COPY} or a == STOP_COPY and b == STOP
  or p2p
    and (a == RUNNING and b == RUNNING_P2P or a == RUNNING_P2P and b in {RUNNING, STOP}
      or a == STOP and b == RUNNING_P2P)
  or not p2p
    and (a == RUNNING and b == STOP or a == STOP and b == RUNNING
      or pre_copy and a == PRE_COPY and b == STOP_COPY)
  or pre_copy and (a == RUNNING and b == PRE_COPY or a == PRE_COPY and b == RUNNING)
  or pre_copy and p2p
    and (a == PRE_COPY and b == PRE_COPY_P2P or a == RUNNING_P2P and b == PRE_COPY_P2P
      or a == PRE_COPY_P2P and b in {PRE_COPY, RUNNING_P2P, STOP_COPY})
  "The arcs of the comment before the table (lines 674 to 705 in Linux 6.12), with RUNNING -> STOP and STOP -> RUNNING wherever P2P is missing."

def saving(s: State) = s in {PRE_COPY, PRE_COPY_P2P, STOP_COPY}
def inner(s: State, a: State, b: State) = saving(s) iff saving(a) and saving(b)
  "What may stand inside a route from a to b; migration_v2.arc shows that this one rule gives the core's table."
def in_two(s: State, a: State, b: State) =
  implemented(s, b) or some m in State: implemented(s, m) and inner(m, a, b) and implemented(m, b)
  "At most two arcs lead from s to b, by the rule for the routes from a to b."
def in_three(s: State, a: State, b: State) =
  in_two(s, a, b) or some m in State: implemented(s, m) and inner(m, a, b) and in_two(m, a, b)
def first_of_route(s: State, a: State, b: State) =
  implemented(a, s)
  and (if implemented(a, b) then s == b
    else inner(s, a, b)
      and (if in_two(a, a, b) then implemented(s, b)
        else if in_three(a, a, b) then in_two(s, a, b)
        else in_three(s, a, b)))
  "s is the first step of a shortest route from a to b, which has at most four arcs."

def forbidden(a: State, b: State) = a == STOP_COPY and b in {PRE_COPY, PRE_COPY_P2P}

property returns_the_first_step_of_the_route
  "What it returns is the first step of the one route that the drivers' arcs allow, for every set of flags."
  cite core "659-660: Upon success the next step in the state progression between cur_fsm and new_fsm will be set in next_fsm"
  cite uapi "1193-1196: Select the shortest path. ... The path cannot have saving group states as interior arcs, only starting/end states. ... Refer to vfio_mig_get_next_state() for the result of the algorithm"
  always place == STEP and state != wanted implies first_of_route(next, state, wanted)

property returns_the_first_step_of_the_route_by_the_header
  "By the header's own rule it does not: from PRE_COPY the way to STOP_COPY goes through PRE_COPY_P2P, a state of the saving group."
  cite uapi "1194-1195: The path cannot have saving group states as interior arcs, only starting/end states"
  cite core "710: PRE_COPY -> PRE_COPY_P2P -> STOP_COPY"
  always place == STEP and next != wanted implies not saving(next)
  expect violated

property returns_the_state_itself
  "Asked for the state that the device is in, it says so and reports success."
  cite core "742: [VFIO_DEVICE_STATE_STOP] = VFIO_DEVICE_STATE_STOP"
  always place == STEP and state == wanted implies next == state

# --- Calling it again and again

property iterating_reaches_the_target
  "Every request between supported states, but for the blocked pairs. (The user may go on with requests that are refused, so the next one cannot make up for it.)"
  cite core "662-664: The function may need to be called multiple times before reaching new_fsm"
  place == CHECK_CUR and supported(state) and supported(wanted) and not forbidden(state, wanted)
    leads to outcome == REACHED and state == wanted

property refuses_before_the_first_step
  "Nothing is refused half-way."
  cite core "843-846: return -EINVAL"
  cite core "859: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  always outcome in {BAD_CUR, BAD_NEW, BLOCKED}
    implies steps == 0 and (not supported(state) or not supported(wanted) or forbidden(state, wanted))

property four_steps_are_enough
  "Every request ends after at most four steps."
  cite core "720: RESUMING -> STOP -> RUNNING_P2P -> RUNNING -> PRE_COPY"
  always steps <= 4

property three_steps_are_enough
  "PRE_COPY to RESUMING and back again takes four."
  cite core "713: PRE_COPY -> RUNNING -> RUNNING_P2P -> STOP -> RESUMING"
  always steps <= 3
  expect violated

# --- What it refuses

property refuses_the_blocked_pairs
  "Between supported states only STOP_COPY to PRE_COPY and to PRE_COPY_P2P are refused."
  cite core "736-738: The following transitions are blocked: STOP_COPY -> PRE_COPY STOP_COPY -> PRE_COPY_P2P"
  cite uapi "1163-1165: These arcs are not permitted and return error if requested"
  every step outcome' == BLOCKED and outcome == PENDING implies forbidden(state, wanted) and state' == state

property blocked_pairs_never_get_a_step
  "And they always are."
  cite uapi "1163-1165: These arcs are not permitted and return error if requested"
  never place == STEP and forbidden(state, wanted)

property error_cannot_be_requested
  "Asked for ERROR it returns -EINVAL."
  cite uapi "1171: ERROR cannot be specified as a device state"
  every step outcome == PENDING and outcome' != PENDING and wanted == ERROR
    implies outcome' in {BAD_CUR, BAD_NEW}

property warns_only_of_drivers
  "A user cannot bring about the warning: no request leads out of the supported states. (A driver that has moved to ERROR, and is asked, does get it.)"
  cite core "838-841: WARN_ON(cur_fsm >= ARRAY_SIZE(vfio_from_fsm_table)"
  every step supported(state) implies supported(state') and (outcome' == BAD_CUR implies outcome == BAD_CUR)

property warns_in_error
  "ERROR is a state of the protocol and yet is warned of."
  cite core "838-841: WARN_ON(cur_fsm >= ARRAY_SIZE(vfio_from_fsm_table)"
  cite core "835: [VFIO_DEVICE_STATE_ERROR] = ~0U"
  always outcome == BAD_CUR implies state != ERROR
  expect violated

property next_fsm_is_set_on_failure
  "-EINVAL comes with ERROR in *next_fsm where the pair is blocked, and with nothing in it where a state is not supported."
  cite cornelia "next_fsm will contain STATE_ERROR if we try to transition from or to STATE_ERROR, but it remains unchanged if the input states are out of range, yet in both cases the return value is -EINVAL"
  cite jason "it is typical in linux that function failure means output arguments are not valid"
  always outcome in {BAD_CUR, BAD_NEW, BLOCKED} implies written and next == ERROR
  expect violated

property next_fsm_is_set_on_success
  "With 0 there is always a next state."
  cite core "659-660: Upon success the next step in the state progression between cur_fsm and new_fsm will be set in next_fsm"
  always place == STEP implies written

property no_deadlock
  "The function goes on until it returns, and then the user can ask again."
  cite core "658: Return 0 upon success, otherwise -errno"
  no deadlock
