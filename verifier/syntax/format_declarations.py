"""How declarations are laid out: one line, or a heading and its clauses below, indented by two columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from verifier.syntax.format_document import Comment, Cut, Doc, Group, Hard, Line, Nest, Text, flat, joined
from verifier.syntax.format_layout import SPACE, Item, Layout, filled, hung
from verifier.syntax.format_words import Part

_BLOCK = 100  # the columns of a block on one line: its constraints are looked up, not read


def _one_line(layout: Layout, part: Part) -> Doc:
    """One line, which a doc at its end may make as long as it likes."""
    items = layout.items(part)
    end = len(items) - _is(items[-1], "text")
    return Nest((layout.row(items[:end], part.rule), _docs_behind(layout, items[end:])))


def _docs_behind(layout: Layout, texts: Sequence[Item]) -> Doc:
    return tuple((SPACE, Cut(), layout.doc(t)) for t in texts)


def _below(layout: Layout, items: Sequence[Item]) -> Doc:
    """Return items on lines of their own, indented."""
    return Nest(tuple((layout.below(i), layout.doc(i)) for i in items))


def _machine(layout: Layout, part: Part) -> Doc:
    items = layout.items(part)
    return (layout.row(items[:2]), _below(layout, items[2:]))


def _def(layout: Layout, part: Part) -> Doc:
    """The body on the heading's line, or below it; the doc below both."""
    items = layout.items(part)
    sign = next(n for n, item in enumerate(items) if layout.kind(item) == "=") + 1
    body = Group(Nest((Line(), layout.doc(items[sign]))))
    return (layout.row(items[:sign], part.rule), body, _below(layout, items[sign + 1 :]))


def _assign(layout: Layout, part: Part) -> Doc:
    *head, value = layout.items(part)
    return (layout.row(head), Group(Nest((Line(), layout.doc(value)))))


def _parameters(layout: Layout, part: Part) -> Doc:
    opened, *inside, close = layout.items(part)
    return (layout.doc(opened), Nest(filled(layout, inside)), layout.doc(close))


# Types with values


def _enum(layout: Layout, part: Part) -> Doc:
    items = layout.items(part)
    end = _end_of_values(layout, items)
    return (_values(layout, items[:end]), _docs_behind(layout, items[end:]))


def _end_of_values(layout: Layout, items: Sequence[Item]) -> int:
    """Return the number of the item behind the `}` of the values."""
    return next(n for n, item in enumerate(items) if layout.kind(item) == "}") + 1


def _flags(layout: Layout, part: Part) -> Doc:
    """`named` on a line of its own with a line for each value, unless there is one value and one line holds all."""
    items = layout.items(part)
    end = len(items) - 2 if isinstance(last := items[-1], Part) and last.rule == "named_values" else len(items)
    close = _end_of_values(layout, items)
    docs: list[Doc] = [_values(layout, items[:close]), _docs_behind(layout, items[close:end])]
    if isinstance(last, Part) and end < len(items):
        between: Doc = Line() if len(last.parts) == 1 else Hard()
        values = tuple((between, layout.doc(p)) for p in last.parts)
        docs += [between, layout.doc(items[end]), Nest(values)]
    return Group(tuple(docs))


def _values(layout: Layout, items: Sequence[Item]) -> Doc:
    """`enum T { A, B }` on one line, or as many values on a line as it holds; then one with a doc has its own."""
    *head, values, close = items
    assert isinstance(values, Part)
    assert isinstance(close, int)
    rows = [filled(layout, row) for row in _rows(layout.items(values))]
    inside = Nest((Line(), joined(rows, Line()), layout.above(close)))
    return Group((layout.row(head), inside, Line(), layout.bare(close)))


def _rows(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the values, commas among them, that may share a line."""
    row: list[Item] = []
    alone = False
    for item in items:
        if isinstance(item, Part):
            documented = any(p.rule == "text" for p in item.parts)
            if row and (documented or alone):
                yield row
                row = []
            alone = documented
        row.append(item)
    yield row


# Tables


def _table(layout: Layout, part: Part) -> Doc:
    """The heading on one line, and the grid below it, its columns aligned."""
    *head, rows = layout.items(part)
    assert isinstance(rows, Part)
    cells = [[flat(layout.row(cell)) for cell in _cells(layout, row)] for row in rows.parts]
    widths = [max(len(row[n]) for row in cells if n < len(row)) for n in range(max(map(len, cells)))]
    lines = zip(rows.parts, cells, strict=True)
    grid = tuple((layout.below(row), _line(layout, row, texts, widths)) for row, texts in lines)
    return (layout.row(head), Nest(grid))


def _cells(layout: Layout, row: Part) -> list[list[Item]]:
    """Return what stands in each cell of a row."""
    cells: list[list[Item]] = []
    for item in layout.items(row)[:-1]:
        if isinstance(item, int):
            cells.append([])
        else:
            cells[-1].append(item)
    return cells


def _line(layout: Layout, row: Part, texts: Sequence[str], widths: Sequence[int]) -> Doc:
    """Return a line of the grid. Comments from within it stand above it."""
    inside = [layout.known(n) for n in range(row.first, row.last + 1)]
    remarks = [r.text for word in inside[1:] for r in word.remarks]
    remarks += [word.comment for word in inside[:-1] if word.comment is not None]
    padded = "".join(f"| {text:{width}} " for text, width in zip(texts, widths, strict=False))
    above = (layout.above(row.first), *(Comment(r, False) for r in remarks))
    return (*above, Text(padded), layout.bare(row.last))


# Rules


def _rule(layout: Layout, part: Part) -> Doc:
    """The clauses on lines of their own; without any, the block on the heading's line if that holds it."""
    items = layout.items(part)
    end = next((n for n, item in enumerate(items) if _is(item, "clauses", "block", "fails")), len(items))
    head, rest = layout.row(items[:end], part.rule), _spliced(items[end:])
    if len(rest) == 1 and _is(rest[0], "block"):
        return (head, Group(Nest((Line(), layout.doc(rest[0])))))
    return (head, _below(layout, rest))


def _fails(layout: Layout, part: Part) -> Doc:
    items = layout.items(part)
    return Group((layout.row(items[:3]), Nest(tuple((Line(), layout.doc(item)) for item in items[3:]))))


def _block(layout: Layout, part: Part) -> Doc:
    """`{ x' = e  y' = f }` on one line, if that is not too long; otherwise each constraint on its own."""
    opened, *inside, close = layout.items(part)
    assert isinstance(close, int)
    docs: list[Doc] = []
    for item in inside:
        if isinstance(item, int):  # a `;` that cannot be left out
            docs.append(layout.doc(item))
        else:
            docs += [Line("  ", layout.below(item).blank) if docs else Line(" "), layout.doc(item)]
    length = len(flat(tuple(docs))) + len("  {") + len(" }")
    end: Doc = Hard() if length > _BLOCK else Line(" " if inside else "")
    return Group((layout.doc(opened), Nest((*docs, layout.above(close))), end, layout.bare(close)))


# Properties


def _property(layout: Layout, part: Part) -> Doc:
    items = layout.items(part)
    named = 3 if _is(items[2], "former") else 2
    return (layout.row(items[:named]), _below(layout, _spliced(items[named:])))


def _clause(layout: Layout, part: Part) -> Doc:
    *head, last = layout.items(part)
    return (Nest(layout.row(head)), SPACE, hung(layout, last)) if head else layout.doc(last)


def _list(layout: Layout, part: Part) -> Doc:
    return filled(layout, layout.items(part))


def _parted(*words: str) -> Callable[[Layout, Part], Doc]:
    """Return the layout of a claim that is broken, if need be, before these words."""

    def layout_of(layout: Layout, part: Part) -> Doc:
        groups: list[list[Item]] = [[]]
        for item in layout.items(part):
            if isinstance(item, int) and layout.kind(item) in words:
                groups.append([])
            groups[-1].append(item)
        return Group(Nest(joined([layout.row(g) for g in groups], Line())))

    return layout_of


def _equals_path(layout: Layout, part: Part) -> Doc:
    """Which rules equal a path of which; then the options, what is observed by itself if much is said before."""
    items, options = _with_options(layout, part)
    if options and options[0].rule == "where":
        items.append(options.pop(0))
    split = next(n for n, item in enumerate(items) if layout.kind(item) == "equals")
    head = Group(Nest((layout.row(items[:split]), Line(), layout.row(items[split:]))))
    much = any(o.rule == "through" for o in options)
    first = (layout.below(options[0]), layout.doc(options[0])) if options else ()
    return (head, Nest((first, _options(layout, options[1:], much))))


def _basis(layout: Layout, part: Part) -> Doc:
    items, options = _with_options(layout, part)
    return Nest((layout.row(items), _options(layout, options, True)))


def _options(layout: Layout, options: Sequence[Part], observing_alone: bool) -> Doc:
    """Return options behind something else, as many on a line as it holds."""
    docs: list[Doc] = []
    for option in options:
        alone = observing_alone and option.rule == "observing"
        docs.append(Group((Hard() if alone else Line(), layout.doc(option))))
    return tuple(docs)


def _routes(layout: Layout, part: Part) -> Doc:
    """On one line, or the first option on the first, and each other below."""
    items, options = _with_options(layout, part)
    first = (SPACE, layout.doc(options[0])) if options else ()
    return Group((layout.row(items), first, Nest(tuple((Line(), layout.doc(o)) for o in options[1:]))))


def _ltl(layout: Layout, part: Part) -> Doc:
    """The formula, and what is assumed of the runs below it where one line does not hold both."""
    word, formula, *rest = layout.items(part)
    options = rest[0].parts if rest and isinstance(rest[0], Part) else ()
    heading = (layout.doc(word), SPACE, hung(layout, formula))
    return Group((Group(heading), Nest(tuple((Line(), layout.doc(o)) for o in options))))


def _with_options(layout: Layout, part: Part) -> tuple[list[Item], list[Part]]:
    """Return the items of a claim without its options, and those."""
    *items, last = layout.items(part)
    if isinstance(last, Part) and last.rule in ("path_options", "basis_options", "route_options"):
        return items, list(last.parts)
    return [*items, last], []


def _is(item: Item, *rules: str) -> bool:
    return isinstance(item, Part) and item.rule in rules


def _spliced(items: Sequence[Item]) -> list[Item]:
    """Return the items, groups of clauses replaced by the clauses."""
    found: list[Item] = []
    for item in items:
        found += item.parts if isinstance(item, Part) and item.rule in ("clauses", "property_clauses") else [item]
    return found


DECLARATIONS: Mapping[str, Callable[[Layout, Part], Doc]] = {
    "machine": _machine,
    **dict.fromkeys(["source", "index", "opaque", "fun", "param", "var", "assume", "named_value"], _one_line),
    "enum": _enum,
    "flags": _flags,
    "def": _def,
    "table": _table,
    "parameters": _parameters,
    "rule": _rule,
    "arc": _rule,
    "fails": _fails,
    "block": _block,
    "assign": _assign,
    "property": _property,
    **dict.fromkeys(["cite", "when", "assuming", "where", "through", "is_", "except_", "blocked"], _clause),
    **dict.fromkeys(["always", "never", "every_step", "reachable", "no_deadlock", "ctl", "tag", "observing"], _clause),
    **dict.fromkeys(["deterministic", "matches", "matching", "fair", "strongly_fair"], _clause),
    **dict.fromkeys(["names", "references"], _list),
    "ltl": _ltl,
    "leads_to": _parted("leads", "assuming fair"),
    "only_via": _parted("reached"),
    "recoverable": _parted("from"),
    "equals_path": _equals_path,
    "basis": _basis,
    "routes": _routes,
}
"""The layouts of the grammar's rules for declarations, clauses and claims."""
