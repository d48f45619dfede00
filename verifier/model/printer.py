"""Terms and values in the spec's own syntax. `verifier.elaborate.parse_term` reads them back.

What the language has no word for is written so that it can still be told: individual n of an index T as
`T[n]` (only `parse_term` and `value_of` read that), an atom of an opaque sort as `image0` (nothing reads
that), a range check (`Op.FIT`) as `fit(e, LO, HI)` where the place it stands in does not demand it anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from verifier.model.model import Model
from verifier.model.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    SetSort,
    Sort,
    Value,
    values,
)
from verifier.model.terms import App, Bind, Call, Const, Local, Op, Param, Term, Var

# How tightly each form binds, loosest first. An operand is put in parentheses iff it binds less tightly than its
# place demands, or (OPEN) reaches as far right as it can and something stands to its right.
IFF, IMPLIES, OR, AND, NOT, COMPARE, WITH, BITOR, BITXOR, BITAND, SHIFT, SUM, PRODUCT, UNARY, POSTFIX, ATOM = range(16)

_INFIX: Mapping[Op, tuple[int, int, int]] = {  # own level, left operand's, right operand's
    Op.IMPLIES: (IMPLIES, OR, IMPLIES),
    Op.EQ: (COMPARE, WITH, WITH),
    Op.LT: (COMPARE, WITH, WITH),
    Op.LE: (COMPARE, WITH, WITH),
    Op.IN: (COMPARE, WITH, WITH),
    Op.BITOR: (BITOR, BITOR, BITXOR),
    Op.BITXOR: (BITXOR, BITXOR, BITAND),
    Op.BITAND: (BITAND, BITAND, SHIFT),
    Op.SHL: (SHIFT, SHIFT, SUM),
    Op.SHR: (SHIFT, SHIFT, SUM),
    Op.ADD: (SUM, SUM, PRODUCT),
    Op.SUB: (SUM, SUM, PRODUCT),
    Op.MUL: (PRODUCT, PRODUCT, UNARY),
}
_MIRRORED = {Op.LT: ">", Op.LE: ">="}


def show(term: Term) -> str:
    """Return the term as an expression, with no more parentheses than needed."""
    return _show(term, IFF, True)


def show_operand(term: Term, level: int) -> str:
    """Return the term as an operand of a formula, where something of at least this level is demanded."""
    return _show(term, level, level == IFF)


def control_text(model: Model, value: Value) -> str:
    """Return the text of a value of the control variable."""
    assert model.control is not None
    return show_value(value, model.control.sort)


def show_value(value: Value, sort: Sort) -> str:
    """Return a value as an expression: a name, a number, `{A, B}`; a map as `(each _ in T: v) with [a] = w`."""
    return _show(Const(sort, value), IFF, True)


def _show(term: Term, level: int, last: bool) -> str:
    """Return `term` where an operand of at least `level` is demanded; `last` iff nothing follows to be swallowed."""
    match term:
        case Const():
            return _constant(term, level, last)
        case Var():
            return term.name + "'" * term.level
        case Param() | Local():
            return term.name
        case Call():
            return f"{term.name}({', '.join(_bare(a) for a in term.args)})"
        case Bind():
            text = f"{term.binder.value} {term.local.name} in {term.local.sort}: {_show(term.body, IFF, True)}"
            return text if last else f"({text})"
        case App():
            return _FORMS[term.op](term, level, last)
        case _:
            raise TypeError(f"no term: {term!r}")


def _bare(term: Term, level: int = IFF, last: bool = True) -> str:
    """Return an operand whose range the place demands: a check of the range that can succeed goes without saying."""
    match term:
        case App(op=Op.FIT, sort=IntSort() as sort, args=(Term(sort=IntSort() as own) as inner,)) if (
            own.low <= sort.high and sort.low <= own.high
        ):
            return _show(inner, level, last)
        case _:
            return _show(term, level, last)


def _closed(text: str, own: int, level: int) -> str:
    return text if own >= level else f"({text})"


def _infix(sides: tuple[Term, Term], sign: str, levels: tuple[int, int, int], level: int, last: bool) -> str:
    """Return `left sign right`. `levels`: the form's own, and those it demands of its sides."""
    own, low, high = levels
    closed = own < level
    text = f"{_show(sides[0], low, False)} {sign} {_show(sides[1], high, last or closed)}"
    return f"({text})" if closed else text


def _operator(term: App, level: int, last: bool) -> str:
    left, right = term.args
    if term.op is Op.SUB and isinstance(left, Const) and left.value == 0:
        return _closed(f"-{_show(right, UNARY, last or level > UNARY)}", UNARY, level)
    if term.op in _MIRRORED and isinstance(left, Const) and not isinstance(right, Const):
        return _infix((right, left), _MIRRORED[term.op], _INFIX[term.op], level, last)
    return _infix((left, right), term.op.value, _INFIX[term.op], level, last)


def _equal(term: App, level: int, last: bool) -> str:
    bit = _bit_test(term)
    if bit:
        return _in(bit[0], bit[1], "in", level, last)
    left, right = term.args
    if isinstance(left.sort, BoolSort):
        return _infix((left, right), "iff", (IFF, IMPLIES, IMPLIES), level, last)
    return _operator(term, level, last)


def _bit_test(term: Term) -> tuple[str, Term] | None:
    """Return (bit, flags) iff the term is `flags & mask == mask` for the mask of one bit."""
    match term:
        case App(op=Op.EQ, args=(App(op=Op.BITAND, args=(flags, Const(sort=FlagsSort() as sort, value=mask))), right)):
            is_bit = isinstance(mask, int) and mask.bit_count() == 1
            if is_bit and isinstance(right, Const) and right.value == mask and isinstance(mask, int):
                return sort.bits[mask.bit_length() - 1], flags
    return None


def _in(left: str, right: Term, sign: str, level: int, last: bool) -> str:
    closed = level > COMPARE
    text = f"{left} {sign} {_show(right, WITH, last or closed)}"
    return f"({text})" if closed else text


def _member(term: App, level: int, last: bool) -> str:
    return _in(_bare(term.args[0], WITH, False), term.args[1], "in", level, last)


def _not(term: App, level: int, last: bool) -> str:
    inner = term.args[0]
    negated = _negated(inner, level, last)
    if negated is not None:
        return negated
    closed = level > NOT
    text = f"not {_show(inner, NOT, last or closed)}"
    return f"({text})" if closed else text


def _negated(inner: Term, level: int, last: bool) -> str | None:
    """Return `x != y`, `BIT not in s`, `x not in {a, b}`; None iff the negation has no form of its own."""
    bit = _bit_test(inner)
    if bit:
        return _in(bit[0], bit[1], "not in", level, last)
    match inner:
        case App(op=Op.EQ, args=(left, right)):
            return _infix((left, right), "!=", _INFIX[Op.EQ], level, last)
        case App(op=Op.IN):
            return _in(_bare(inner.args[0], WITH, False), inner.args[1], "not in", level, last)
        case App(op=Op.OR):
            runs = _runs(inner.args)
            return _one_of(runs[0], "not in", level) if len(runs) == 1 else None
        case _:
            return None


def _and(term: App, level: int, last: bool) -> str:
    return _chain([[t] for t in term.args], "and", AND, level, last)


def _or(term: App, level: int, last: bool) -> str:
    """Neighbouring equalities of the same left side are written `x in {a, b}`."""
    runs = _runs(term.args)
    if len(runs) == 1:
        return _one_of(runs[0], "in", level)
    return _chain(runs, "or", OR, level, last)


def _chain(runs: Sequence[Sequence[Term]], sign: str, own: int, level: int, last: bool) -> str:
    closed = own < level
    texts = [_run(r, own + 1, False) for r in runs[:-1]]
    texts.append(_run(runs[-1], own + 1, last or closed))
    return _closed(f" {sign} ".join(texts), own, level)


def _run(run: Sequence[Term], level: int, last: bool) -> str:
    return _show(run[0], level, last) if len(run) == 1 else _one_of(run, "in", level)


def _runs(terms: Iterable[Term]) -> list[list[Term]]:
    """Split a disjunction into runs of equalities with the same left side; anything else is a run of its own."""
    return [list(run) for _, run in groupby(terms, key=_left_side)]


def _left_side(term: Term) -> Term:
    match term:
        case App(op=Op.EQ, args=(left, _)) if not isinstance(left.sort, BoolSort) and not _bit_test(term):
            return left
        case _:
            return term


def _one_of(run: Sequence[Term], sign: str, level: int) -> str:
    pairs = [t.args for t in run if isinstance(t, App)]
    elements = ", ".join(_show(right, IFF, True) for _, right in pairs)
    return _closed(f"{_show(pairs[0][0], WITH, False)} {sign} {{{elements}}}", COMPARE, level)


def _if(term: App, level: int, last: bool) -> str:
    condition, then, other = (_show(a, IFF, True) for a in term.args)
    text = f"if {condition} then {then} else {other}"
    return text if last else f"({text})"


def _complement(term: App, level: int, last: bool) -> str:
    return _closed(f"~{_show(term.args[0], UNARY, last or level > UNARY)}", UNARY, level)


def _set(term: App, level: int, last: bool) -> str:
    return "{" + ", ".join(_bare(a) for a in term.args) + "}"


def _get(term: App, level: int, last: bool) -> str:
    return f"{_show(term.args[0], POSTFIX, False)}[{_bare(term.args[1])}]"


def _put(term: App, level: int, last: bool) -> str:
    base, key, value = term.args
    text = f"{_show(base, WITH, False)} with [{_bare(key)}] = {_bare(value, BITOR, last or level > WITH)}"
    return _closed(text, WITH, level)


def _fit(term: App, level: int, last: bool) -> str:
    assert isinstance(term.sort, IntSort)
    return f"fit({_show(term.args[0], IFF, True)}, {term.sort.low}, {term.sort.high})"


_FORMS: Mapping[Op, Callable[[App, int, bool], str]] = {
    **dict.fromkeys(_INFIX, _operator),
    Op.EQ: _equal,
    Op.IN: _member,
    Op.NOT: _not,
    Op.AND: _and,
    Op.OR: _or,
    Op.ITE: _if,
    Op.BITNOT: _complement,
    Op.SET: _set,
    Op.GET: _get,
    Op.PUT: _put,
    Op.FIT: _fit,
}


def _constant(term: Const, level: int, last: bool) -> str:
    sort, value = term.sort, term.value
    match sort:
        case BoolSort():
            return "true" if value else "false"
        case EnumSort():
            return str(value)
        case FlagsSort() if isinstance(value, int):
            return _flags(sort, value)
        case BitsSort():
            return f"0x{value:x}"
        case IndexSort():
            return f"{sort.name}[{value}]"
        case SetSort() if isinstance(value, frozenset):
            return "{" + ", ".join(show_value(v, sort.element) for v in _ordered(sort.element, value)) + "}"
        case MapSort() if isinstance(value, tuple):
            return _map(sort, value, level, last)
        case IntSort() if isinstance(value, int) and value < 0:
            return _closed(str(value), UNARY, level)
        case _:
            return str(value)


def _flags(sort: FlagsSort, value: int) -> str:
    named = next((name for name, mask in sort.named if mask == value), None)
    bits = [bit for i, bit in enumerate(sort.bits) if value >> i & 1]
    return named or "{" + ", ".join(bits) + "}"


def _ordered(sort: Sort, chosen: frozenset[Value]) -> list[Value]:
    """The members of a set in the canonical order of their sort (a set of ints may be wide)."""
    if isinstance(sort, IntSort | BitsSort):
        return list[Value](sorted(v for v in chosen if isinstance(v, int)))
    return [v for v in values(sort) if v in chosen]


def _map(sort: MapSort, value: tuple[Value, ...], level: int, last: bool) -> str:
    """The most frequent value is written once, for all keys; the others key by key."""
    usual = Counter(value).most_common(1)[0][0]
    others = [(k, v) for k, v in zip(values(sort.key), value, strict=True) if v != usual]
    text = f"each _ in {sort.key}: {show_value(usual, sort.value)}"
    if not others:
        return text if last else f"({text})"
    updates = (f"[{show_value(k, sort.key)}] = {_show(Const(sort.value, v), BITOR, False)}" for k, v in others)
    return _closed(" with ".join((f"({text})", *updates)), WITH, level)
