"""What is known of the kernel's macros and functions that state code calls. All other calls are opaque."""

from __future__ import annotations

import errno
import re

# Macros whose value is that of their first argument (of what it points to, where the argument is `&x`).
TRANSPARENT = frozenset(
    [
        "ACCESS_ONCE", "READ_ONCE", "__builtin_expect", "atomic_read", "data_race", "likely", "smp_load_acquire",
        "unlikely",
    ]
)  # fmt: skip

# Those of them that read memory anew each time, because others may change it.
SHARED = frozenset(["ACCESS_ONCE", "READ_ONCE", "atomic_read", "data_race", "smp_load_acquire"])

# Macros that assign their second argument to their first (to what it points to, where that is `&x`).
ASSIGNING = frozenset(["WRITE_ONCE", "smp_store_release", "smp_store_mb", "atomic_set"])

# Macros that warn and have the truth of their first argument as value.
WARNING = frozenset(["WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "WARN_TAINT"])

# What ends the kernel, if its argument is true or without one: the code after it is not reached.
FATAL = frozenset(["BUG", "BUG_ON", "panic", "unreachable", "__builtin_unreachable"])

# Checks at compile time.
STATIC = frozenset(["BUILD_BUG_ON", "BUILD_BUG_ON_MSG", "static_assert"])

# Macros that assign to the variables they are given by name, whether or not the tree has the header that says so.
_BY_NAME = re.compile(r"swap|do_div|(?:__)?get_user|\w*_poll_timeout\w*")

# Functions that only tell somebody something: they change no state.
_QUIET = re.compile(
    r"(?:\w*_)?(?:printk?|dbg|err|warn|warning|info|notice|alert|crit|emerg|log|debug|trace|vdbg)\w*"
    r"|trace_\w+|lockdep_\w+|might_sleep\w*|pr_\w+|kcov_\w+|[A-Z_]*(?:DBG|DEBUG|ERR|INFO|WARN|NOTICE|LOG|PRINTK?)"
)

# Locks: who waits for one may find other things in memory, but the state that was read before is the one meant.
_LOCK = re.compile(
    r"(?:raw_)?(?:spin|read|write|mutex|rcu_read|local_irq|preempt|local_bh|down|up|srcu_read|task|rtnl|bh|seq"
    r"|write_seq|read_seq|cond_resched|lock|unlock|guard|scoped_guard)\w*"
)
_LOCK_WORD = re.compile(r"lock|unlock|irq|down|up|preempt|seq|guard|enable|disable")

# Functions and macros of the library that change nothing but what they are given.
_PRIMITIVE = re.compile(
    r"(?:__)?(?:test_and_)?(?:set|clear|change|test)_bit\w*|(?:raw_|arch_)?atomic(?:64|_long)?_\w+|refcount_\w+|kref_get\w*"
    r"|h?list_\w+|INIT_\w+|memcmp|str\w*(?:cpy|cmp|len|cat|chr|str)\w*|snprintf|scnprintf"
    r"|(?:__)?wake_up\w*|complete|complete_all|reinit_completion|init_completion|mod_timer|timer_setup|add_timer"
    r"|(?:queue|schedule|mod)_(?:delayed_)?work\w*|(?:min|max|clamp)(?:_t|3|_val)?|abs|BIT\w*|ilog2|ffs|fls|hweight\w*"
    r"|k[mz]alloc\w*|kcalloc|kfree|kmemdup|get_file|(?:cpu_to_[bl]e|[bl]e)\w*|jiffies_to_\w+|msecs_to_\w+|time_(?:after|before)\w*"
    r"|smp_\w*mb\w*|barrier|[rw]?mb|u?delay|msleep|usleep_range|ktime_get\w*|ns_to_\w+|to_\w+|container_of"
)

_ERRORS = {name: getattr(errno, name) for name in dir(errno) if name.startswith("E")} | {
    "ERESTARTSYS": 512,
    "ENOIOCTLCMD": 515,
    "EPROBE_DEFER": 517,
    "ENOTSUPP": 524,
}


def error_number(name: str) -> int | None:
    """Return the number of an error by its name (`EINVAL`); None iff it is no error's name.

    Only its sign matters to anybody who asks, and that is the same on each architecture.
    """
    return _ERRORS.get(name)


def assigns_by_name(function: str) -> bool:
    """Return True iff it is a macro that may assign to variables among its arguments."""
    return _BY_NAME.fullmatch(function) is not None


def is_harmless(function: str) -> bool:
    """Return True iff a call leaves alone whatever it is not given."""
    return is_quiet(function) or is_lock(function) or is_primitive(function)


def is_quiet(function: str) -> bool:
    """Return True iff the function changes nothing that state code reads: it prints or asserts."""
    return _QUIET.fullmatch(function) is not None


def is_primitive(function: str) -> bool:
    """Return True iff the function belongs to the kernel's library, and changes at most what it is given."""
    return _PRIMITIVE.fullmatch(function) is not None


def is_lock(function: str) -> bool:
    """Return True iff the function takes or gives back a lock."""
    return _LOCK.fullmatch(function) is not None and _LOCK_WORD.search(function) is not None
