/* Orbits of states: a part of kernel.c. The search keeps one state of each orbit, its representative. It is found by
   colours, as orbits.py says, which does the same with the same result. */

enum { INDIVIDUALS = 64, KEYS = 3, MOST_WORDS = 64 };

typedef struct { u32 word, shift; u64 mask; u32 family; u32 key[KEYS]; } cell;
typedef struct { u32 keys, value, first, fields; u32 index[KEYS], stride[KEYS]; } family;   /* value: 1 + an index, or 0 */
typedef struct { u32 start, size, movable; u32 at[INDIVIDUALS]; } scalarset;                   /* movable: how many, `at` which */
typedef struct {
    u32 unary, count, indices, families, cells, tried;
    int W;
    scalarset index[INDIVIDUALS];
    family *family;
    cell *cell;
    u64 rest[MOST_WORDS];                                       /* the bits that no permutation moves */
} orbits;

typedef struct { const orbits *o; const u64 *s; u64 best[MOST_WORDS]; u64 ways; u32 tried; } arranging;

static u64 mix(u64 x) {
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93ULL;
    return (x ^ x >> 29) * 0x9e3779b97f4a7c15ULL;
}

INLINE u64 code_of(const cell *c, const u64 *s) { return s[c->word] >> c->shift & c->mask; }

/* The state in which individual i has the place of to[i]. */
static void moved(const orbits *o, const u64 *s, const u32 *to, u64 *out) {
    for (int w = 0; w < o->W; w++) out[w] = s[w] & o->rest[w];
    for (u32 i = 0; i < o->cells; i++) {
        const cell *c = &o->cell[i];
        const family *f = &o->family[c->family];
        u64 code = code_of(c, s);
        u32 at = f->first;
        if (f->value) { u32 start = o->index[f->value - 1].start; code = to[start + code] - start; }
        for (u32 j = 0; j < f->keys; j++) at += f->stride[j] * (to[c->key[j]] - o->index[f->index[j]].start);
        out[o->cell[at].word] |= code << o->cell[at].shift;
    }
}

static int is_less(const u64 *a, const u64 *b, int W) {         /* as numbers, the last word first */
    while (W--) if (a[W] != b[W]) return a[W] < b[W];
    return 0;
}

/* Movable individuals of an index, in the order of their colours. */
static void by_colour(const scalarset *x, const u64 *colour, u32 *order) {
    for (u32 i = 0; i < x->movable; i++) {
        u32 j = i, one = x->at[i];
        for (; j && colour[order[j - 1]] > colour[one]; j--) order[j] = order[j - 1];
        order[j] = one;
    }
}

static void arrange(arranging *a, const u64 *colour, u64 ways) {
    const orbits *o = a->o;
    u32 to[INDIVIDUALS], order[INDIVIDUALS], still = 1;
    u64 state[MOST_WORDS];
    for (u32 i = 0; i < o->count; i++) to[i] = i;
    for (u32 n = 0; n < o->indices; n++) {
        const scalarset *x = &o->index[n];
        by_colour(x, colour, order);
        for (u32 i = 0, alike = 1; i < x->movable; i++) {
            to[order[i]] = x->at[i];
            still &= order[i] == x->at[i];
            alike = i && colour[order[i]] == colour[order[i - 1]] ? alike + 1 : 1;
            ways *= alike;
        }
    }
    if (still) memcpy(state, a->s, 8 * (size_t)o->W);
    else moved(o, a->s, to, state);
    if (!a->tried++ || is_less(state, a->best, o->W)) {
        memcpy(a->best, state, 8 * (size_t)o->W);
        a->ways = ways;
    } else if (same(state, a->best, o->W)) a->ways += ways;
}

static u32 different(const u64 *colour, u32 n) {
    u32 found = 0;
    for (u32 i = 0; i < n; i++) {
        u32 j = 0;
        while (j < i && colour[j] != colour[i]) j++;
        found += j == i;
    }
    return found;
}

static void refine(const orbits *o, const u64 *s, u64 *colour) {
    u64 sum[INDIVIDUALS];
    for (u32 known = different(colour, o->count), now;; known = now) {
        memcpy(sum, colour, 8 * o->count);
        for (u32 i = 0; i < o->cells; i++) {
            const cell *c = &o->cell[i];
            const family *f = &o->family[c->family];
            u64 code = code_of(c, s), value = f->value ? o->index[f->value - 1].start + code : ~0ULL;
            u64 seen = mix((c->family + 1) ^ mix(f->value ? colour[value] : code));
            for (u32 j = 0; j < f->keys; j++) {
                u64 equal = (u64)(value == c->key[j]) << KEYS;
                for (u32 l = 0; l < f->keys; l++) equal |= (u64)(c->key[l] == c->key[j]) << l;
                seen = mix(seen + colour[c->key[j]] + (equal << 8 * j));
            }
            for (u32 j = 0; j < f->keys; j++) sum[c->key[j]] += mix(seen + j + 1);
            if (f->value) sum[value] += mix(seen + KEYS + 1);
        }
        for (u32 i = 0; i < o->count; i++) colour[i] = mix(sum[i]);
        if ((now = different(colour, o->count)) <= known) return;
    }
}

static int are_twins(const arranging *a, u32 one, u32 other) {  /* swapping them leaves the state as it is */
    u32 to[INDIVIDUALS];
    u64 state[MOST_WORDS];
    for (u32 i = 0; i < a->o->count; i++) to[i] = i;
    to[one] = other;
    to[other] = one;
    moved(a->o, a->s, to, state);
    return same(state, a->s, a->o->W);
}

/* Split n individuals into classes of twins: the first of each, and how many there are. */
static u32 twins(const arranging *a, const u32 *member, u32 n, u32 *first, u32 *size) {
    u32 found = 0;
    for (u32 i = 0; i < n; i++) {
        u32 j = 0;
        while (j < found && !are_twins(a, member[i], first[j])) j++;
        if (j == found) { first[found] = member[i]; size[found++] = 0; }
        size[j]++;
    }
    return found;
}

static void visit(arranging *a, const u64 *given, u64 ways) {
    const orbits *o = a->o;
    u64 colour[INDIVIDUALS], single[INDIVIDUALS];
    u32 order[INDIVIDUALS], first[INDIVIDUALS], size[INDIVIDUALS];
    if (a->tried > o->tried) return;
    memcpy(colour, given, 8 * o->count);
    refine(o, a->s, colour);
    for (u32 n = 0; n < o->indices; n++) {
        by_colour(&o->index[n], colour, order);
        for (u32 i = 0, end; i < o->index[n].movable; i = end) {
            for (end = i + 1; end < o->index[n].movable && colour[order[end]] == colour[order[i]];) end++;
            u32 classes = end - i > 1 ? twins(a, order + i, end - i, first, size) : 1;
            for (u32 j = 0; classes > 1 && j < classes; j++) {
                memcpy(single, colour, 8 * o->count);
                single[first[j]] = mix(single[first[j]] + 1);
                visit(a, single, ways * size[j]);
            }
            if (classes > 1) return;
        }
    }
    arrange(a, colour, ways);
}

static void signatures(const orbits *o, const u64 *s, u64 *colour) {
    u32 used[INDIVIDUALS] = {0};
    memset(colour, 0, 8 * o->count);
    for (u32 n = 0; n < o->families; n++) {
        const family *f = &o->family[n];
        const cell *c = &o->cell[f->first];
        u32 index = f->value ? f->value - 1 : f->index[0], start = o->index[index].start;
        if (f->value) colour[start + code_of(c, s)] |= 1ULL << used[index]++;
        else {
            for (u32 i = 0; i < f->fields; i++) colour[start + i] |= code_of(c + i, s) << used[index];
            used[index] += (u32)__builtin_popcountll(c->mask);
        }
    }
}

static void find_best(arranging *a, const orbits *o, const u64 *s) {
    u64 colour[INDIVIDUALS];
    a->o = o;
    a->s = s;
    a->tried = 0;
    if (o->unary) { signatures(o, s, colour); arrange(a, colour, 1); return; }
    for (u32 i = 0; i < o->count; i++) colour[i] = (1u << 20) + i;
    for (u32 n = 0; n < o->indices; n++)
        for (u32 i = 0; i < o->index[n].movable; i++) colour[o->index[n].at[i]] = n + 1;
    for (u32 i = 0; i < o->count; i++) colour[i] = mix(colour[i]);
    visit(a, colour, 1);
}

/* Replace n states by their representatives. */
void represent(const orbits *o, u64 *v, u64 n) {
    arranging a;
    for (; n--; v += o->W) {
        find_best(&a, o, v);
        memcpy(v, a.best, 8 * (size_t)o->W);
    }
}

/* For each of n states, in how many ways its individuals can be permuted without changing it, 0 where that is not known;
   and how many transitions it has. Returns 0 where memory ends. */
int weigh(const machine *m, const orbits *o, const u64 *v, u64 n, u64 *ways, u64 *transitions) {
    scratch k;
    vec out = {0};
    arranging a;
    if (!prepare(&k, m)) return 0;
    for (u64 i = 0; i < n && !out.failed; i++, v += o->W) {
        long count;
        out.n = 0;
        count = expand(m, v, o->W, &k, &out);
        find_best(&a, o, v);
        ways[i] = a.tried > o->tried ? 0 : a.ways;
        transitions[i] = count < 0 ? 0 : (u64)count;
    }
    free(out.v);
    discard(&k);
    return !out.failed;
}

/* The place of the first of n states that has a successor whose representative is `target`, or n. */
u64 orbit_before(const machine *m, const orbits *o, const u64 *v, u64 n, const u64 *target) {
    scratch k;
    vec out = {0};
    u64 i = n;
    if (prepare(&k, m))
        for (i = 0; i < n; i++) {
            out.n = 0;
            if (expand(m, v + i * (u64)m->W, m->W, &k, &out) < 0) continue;
            size_t j = 0;
            represent(o, out.v, out.n / (size_t)m->W);
            while (j < out.n && !same(out.v + j, target, m->W)) j += (size_t)m->W;
            if (j < out.n) break;
        }
    free(out.v);
    discard(&k);
    return i;
}

void orbits_free(orbits *o) {
    if (!o) return;
    free(o->family);
    free(o->cell);
    free(o);
}

/* The numbers are those of `Orbits.words`. Returns NULL where there is not enough memory. */
orbits *orbits_new(int W, const u32 *given) {
    orbits *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->W = W;
    o->unary = *given++; o->count = *given++; o->indices = *given++;
    o->families = *given++; o->cells = *given++; o->tried = *given++;
    o->family = calloc(o->families + 1, sizeof(family));
    o->cell = calloc(o->cells + 1, sizeof(cell));
    if (!o->family || !o->cell) { orbits_free(o); return NULL; }
    memset(o->rest, 255, sizeof o->rest);
    for (u32 n = 0; n < o->indices; n++) {
        scalarset *x = &o->index[n];
        x->start = *given++; x->size = *given++; x->movable = *given++;
        for (u32 i = 0; i < x->movable; i++) x->at[i] = *given++;
    }
    for (u32 n = 0, next = 0; n < o->families; n++) {
        family *f = &o->family[n];
        u32 stride = 1;
        f->first = next;
        f->keys = *given++; f->value = *given++; f->fields = *given++;
        for (u32 j = 0; j < KEYS; j++) f->index[j] = *given++;
        for (u32 j = f->keys; j--; stride *= o->index[f->index[j]].size) f->stride[j] = stride;
        for (u32 i = 0; i < f->fields; i++, next++) {
            cell *c = &o->cell[next];
            c->family = n;
            c->word = *given++; c->shift = *given++; c->mask = ~0ULL >> (64 - *given++);
            o->rest[c->word] &= ~(c->mask << c->shift);
            for (u32 j = 0; j < f->keys; j++) {
                const scalarset *x = &o->index[f->index[j]];
                c->key[j] = x->start + i / f->stride[j] % x->size;
            }
        }
    }
    return o;
}
