machine individuals "Indexed parts: maps, sets and binders."

index Device[3] "three of them"
enum Mode { IDLE, BUSY }
var mode: Device -> Mode = each d in Device: IDLE
var waiting: set of Device = {}
var quota: Device -> int 0..2 = each _ in Device: 2
var grid: Device -> Device -> bool
var levels: set of int 0..3 in {{}, {0}, {1, 2}}
control phase
enum Phase { NIGHT, DAY }
var phase: Phase

def busy(d: Device) = mode[d] == BUSY
def users = those d in Device: busy(d)
def free_count = count d in Device: not busy(d)
def nobody = all d in Device: not busy(d)
def others(d: Device) = those e in Device: e != d and busy(e)

rule begin(d: Device) when not busy(d) and quota[d] > 0
  { mode' = mode with [d] = BUSY; quota' = quota with [d] = quota[d] - 1 }
rule finish(d: Device) when busy(d)
  { mode' = mode with [d] = IDLE with [d] = IDLE waiting' = those e in Device: e in waiting and e != d }
rule swap(d: Device, e: Device) when d != e
  { mode' = (mode with [d] = mode[e]) with [e] = mode[d] }
rule clear { mode' = each d in Device: if d in waiting then BUSY else IDLE grid' = grid with [grid_first] = grid[grid_first] }
rule watch { waiting' = users }
rule flag { levels' = {1, quota_sum} }

def grid_first = chosen
param chosen: Device
def quota_sum = if nobody then 3 else 2

property mutual always free_count >= 0 and (count d in Device: busy(d)) <= 3
property unique always (one d in Device: busy(d)) implies some d in Device: busy(d)
property sets always all d in waiting: d in waiting or d not in users
property listed always some m in {IDLE, BUSY}: all d in Device: mode[d] == m
property levelled always all l in levels: l in int 0..3 and some k in {0, 3}: k != l
property nested always all d in Device: others(d) == others(d) and (all e in Device: d in others(e) implies e != d)
property rows always all d in Device: grid[d][d] or not grid[d][d]
property steps every step (count d in Device: mode[d] != mode'[d]) <= 3
property calm every step nobody implies (nobody' or phase' == phase)
