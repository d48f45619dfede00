/* The exploration kernel: one for all machines. A machine is tables and straight-line code over packed states; this
   file knows nothing of specs. It is plain C with POSIX threads and no Python, so one shared object fits every Python.

   States are W words of 64 bits. The visited set is a bitmap over all packed states where that is small, otherwise an
   open-addressing hash table in 16 segments that grow one by one, so that growing costs no more than a segment.
   Search is breadth first, level by level. What grows with the states is counted against a limit before it is allocated.

   Threads share a level and the visited set, by compare-and-swap (Laarman, van de Pol, Weber: Boosting multi-core
   reachability performance with shared hash tables, FMCAD 2010). Where each of them owned the states of some segments,
   it would expand neighbours apart from each other, so that each would look up the successors that they have in common:
   measured, two such threads were 1.35 times as fast as one. */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef uint64_t u64;
typedef uint32_t u32;
#define INLINE static inline __attribute__((always_inline))

enum { MORE, FINISHED, HIT, WRONG, MEMORY, TIME };              /* what `advance` returns */
enum { STEP, MARK, FORK, GATE };                                /* what a program is for */
enum { DEAD = 14, ERROR = 15, MARKS = 16, SEGMENT_BITS = 4, SEGMENTS = 16, BATCH = 64, STRIDE = 1024, THREADS = 16,
       RECENT = 1 << 15, MANY = 1 << 14, LINE = 64, MEMORIES = 14 };

/* ---------------------------------------------------------------- programs */

enum {
    CONST, FIELD, NOT, AND, OR, XOR, EQ, LT, ULT, ADD, SUB, MUL, SHL, SHR, ITE, LOOKUP,
    FAULT, NEED, IS, CHOOSE, BEGIN, WRITE, EMIT
};
typedef struct { uint16_t op, to, a, b; int64_t imm; } ins;     /* b of a field: shift + 64 * (width - 1) */
typedef struct { const ins *code; u32 role, mark; u64 reads, writes; int plain; } program;    /* plain: see `recall` */
typedef struct { u64 *v; size_t n, cap; int failed; } vec;      /* states, W words each; n counts words */
typedef struct { u64 read, written; u32 program; int32_t passed; } memory;
typedef struct { u64 *r; u32 *loop; vec out; memory *known; } scratch;

static int room(vec *x, size_t more) {
    if (x->n + more <= x->cap) return 1;
    size_t cap = x->cap ? x->cap : 256;
    while (cap < x->n + more) cap *= 2;
    u64 *v = realloc(x->v, cap * 8);
    if (!v) { x->failed = 1; return 0; }
    x->v = v;
    x->cap = cap;
    return 1;
}

INLINE u64 mask_of(unsigned b) { return ~0ULL >> (63 - (b >> 6)); }

/* Append what the program writes, once for each way in which it passes, at most `most` times. Returns how often it
   passed, or -1 where an int leaves its range. */
static long run(const program *p, const u64 *data, const u64 *s, int W, scratch *k, vec *out, long most) {
    u64 *r = k->r, *w = NULL;
    u32 depth = 0;
    long passed = 0;
    for (const ins *i = p->code;; i++) {
        switch (i->op) {
        case CONST: r[i->to] = (u64)i->imm; continue;
        case FIELD: r[i->to] = ((s[i->a] >> (i->b & 63)) & mask_of(i->b)) + (u64)i->imm; continue;
        case NOT: r[i->to] = !r[i->a]; continue;
        case AND: r[i->to] = r[i->a] & r[i->b]; continue;
        case OR: r[i->to] = r[i->a] | r[i->b]; continue;
        case XOR: r[i->to] = r[i->a] ^ r[i->b]; continue;
        case EQ: r[i->to] = r[i->a] == r[i->b]; continue;
        case LT: r[i->to] = (int64_t)r[i->a] < (int64_t)r[i->b]; continue;
        case ULT: r[i->to] = r[i->a] < r[i->b]; continue;
        case ADD: r[i->to] = r[i->a] + r[i->b]; continue;
        case SUB: r[i->to] = r[i->a] - r[i->b]; continue;
        case MUL: r[i->to] = r[i->a] * r[i->b]; continue;
        case SHL: r[i->to] = r[i->b] < 64 ? (r[i->a] << r[i->b]) & (u64)i->imm : 0; continue;
        case SHR: r[i->to] = r[i->b] < 64 ? r[i->a] >> r[i->b] : 0; continue;
        case ITE: r[i->to] = r[i->a] ? r[i->b] : r[i->imm]; continue;
        case LOOKUP: {
            u64 at = r[i->a], size = (u64)i->imm >> 32;
            r[i->to] = at < size ? data[((u64)i->imm & 0xffffffff) + at] : 0;
            continue;
        }
        case FAULT: if (r[i->a]) return -1; continue;
        case NEED: if (r[i->a]) continue; break;
        case IS: if (((s[i->a] >> (i->b & 63)) & mask_of(i->b)) == (u64)i->imm) continue; break;
        case CHOOSE: r[i->to] = data[i->imm]; k->loop[depth++] = (u32)(i - p->code); continue;
        case BEGIN:
            if (!room(out, W)) return passed;
            w = out->v + out->n;
            memcpy(w, s, 8 * (size_t)W);
            continue;
        case WRITE: {
            unsigned shift = i->b & 63;
            w[i->to] = (w[i->to] & ~(mask_of(i->b) << shift)) | (r[i->a] - (u64)i->imm) << shift;
            continue;
        }
        default: /* EMIT */
            passed++;
            if (w) out->n += (size_t)W;
            if (passed == most) return passed;
        }
        for (;; depth--) {                                      /* the next choice, innermost first */
            if (!depth) return passed;
            i = p->code + k->loop[depth - 1];
            if (r[i->to] != data[i->imm + 1]) break;
        }
        r[i->to]++;
    }
}

/* What a program does that makes no choices depends on the bits that it reads, of one word. */
static void survey(program *p, int W) {
    p->plain = W == 1 && p->role == STEP;
    for (const ins *i = p->code; i->op != EMIT; i++) {
        if (i->op == CHOOSE) p->plain = 0;
        if (i->op == FIELD || i->op == IS) p->reads |= mask_of(i->b) << (i->b & 63);
        if (i->op == WRITE) p->writes |= mask_of(i->b) << (i->b & 63);
    }
}

/* The same as `run`, for any number of times, of program number n. Where it is plain, its last answers are remembered:
   neighbours agree in most of what it reads, so that it is seldom run. */
static long recall(const program *p, u32 n, const u64 *data, const u64 *s, int W, scratch *k, vec *out) {
    if (!k->known || !p->plain) return run(p, data, s, W, k, out, -1);
    u64 read = *s & p->reads, h = (read ^ read >> 32 ^ (u64)n << 32) * 0xd6e8feb86659fd93ULL;
    memory *m = &k->known[(h ^ h >> 32) * 0x9e3779b97f4a7c15ULL >> (64 - MEMORIES)];
    if (m->program != n + 1 || m->read != read) {
        size_t from = out->n;
        long passed = run(p, data, s, 1, k, out, -1);
        if (!out->failed) *m = (memory){read, passed > 0 ? out->v[from] & p->writes : 0, n + 1, (int32_t)passed};
        return passed;
    }
    if (m->passed > 0) {
        if (!room(out, 1)) return 0;
        out->v[out->n++] = (*s & ~p->writes) | m->written;
    }
    return m->passed;
}

/* ---------------------------------------------------------------- machines */

typedef struct { int word, shift, to; u64 mask; } piece;
typedef struct { u32 start, n, count, late; } entry;            /* late: 1 + place in a list that ends in NONE; FAULTY */
#define NONE 0xffffffffu
#define FAULTY 0xffffffffu
typedef struct { int n; piece *pieces; entry *entries; u64 *changes, *keep; u32 *late; } table;
typedef struct {
    int W, tables, observers, wide, wide_observers, registers, loops, failed;
    size_t most;                                                /* successors that the tables alone give */
    program *programs;
    table *table, *observer;
    const u32 *wides, *wide_observing;
    const u64 *data;
} machine;

INLINE u32 place(const table *t, const u64 *s, int W) {
    u32 at = 0;
    for (int i = 0; i < t->n; i++) {
        const piece *p = &t->pieces[i];
        at |= (u32)((s[W == 1 ? 0 : p->word] >> p->shift) & p->mask) << p->to;
    }
    return at;
}

static int cut(table *t, const u64 *mask, int W) {              /* the runs of ones in a mask */
    int bits = 0;
    t->pieces = calloc(65, sizeof(piece));
    for (int w = 0; w < W && t->pieces; w++)
        for (int b = 0; b < 64;) {
            int width = 0;
            if (!(mask[w] >> b & 1)) { b++; continue; }
            while (b + width < 64 && mask[w] >> (b + width) & 1) width++;
            t->pieces[t->n++] = (piece){w, b, bits, ~0ULL >> (64 - width)};
            bits += width;
            b += width;
        }
    return bits;
}

static void spread(const table *t, u32 at, u64 *s, int W) {     /* the state whose place is `at` */
    memset(s, 0, 8 * (size_t)W);
    for (int i = 0; i < t->n; i++) s[t->pieces[i].word] |= (at >> t->pieces[i].to & t->pieces[i].mask) << t->pieces[i].shift;
}

static int same(const u64 *a, const u64 *b, int W) { return !memcmp(a, b, 8 * (size_t)W); }

static int forks(const vec *out, size_t from, int W) {
    for (size_t i = from + (size_t)W; i < out->n; i += (size_t)W)
        if (!same(out->v + from, out->v + i, W)) return 1;
    return 0;
}

static u32 marks_of(const machine *m, const program *p, const u64 *s, scratch *k) {
    size_t from = k->out.n;
    long passed = run(p, m->data, s, m->W, k, &k->out, p->role == FORK ? -1 : 1);
    u32 hit = p->role == FORK ? (u32)forks(&k->out, from, m->W) : passed > 0;
    k->out.n = from;
    return passed < 0 ? 1u << ERROR : hit << p->mark;
}

static int later(vec *late, u32 number) {                       /* a list of 32-bit numbers, kept in words */
    if (!room(late, 1)) return 0;
    late->v[late->n++] = number;
    return 1;
}

/* The bits that a program writes although the table does not read them. */
static int unread(const program *p, const u64 *mask, u64 *out, int W) {
    int any = 0;
    memset(out, 0, 8 * (size_t)W);
    for (const ins *i = p->code; i->op != EMIT; i++)
        if (i->op == WRITE) out[i->to] |= mask_of(i->b) << (i->b & 63);
    for (int w = 0; w < W; w++) any |= (out[w] &= ~mask[w]) != 0;
    return any;
}

static int tabulate(machine *m, table *t, const u64 *mask, const u32 *members, u32 count, int observing, scratch *k) {
    int W = m->W, bits = cut(t, mask, W);
    int keeps = 0;
    vec changes = {0}, keep = {0}, late = {0};
    u64 *s = calloc(2 * (size_t)W, 8), *over = s + W;           /* a state; what is written without being read */
    t->entries = calloc((size_t)1 << bits, sizeof(entry));
    if (!t->pieces || !t->entries || !s) { free(s); return 0; }
    for (u32 at = 0; at < 1u << bits; at++) {
        entry *e = &t->entries[at];
        size_t first = late.n;
        spread(t, at, s, W);
        e->start = (u32)(changes.n / (size_t)W);
        for (u32 j = 0; j < count && e->late != FAULTY; j++) {
            const program *p = &m->programs[members[j]];
            k->out.n = 0;
            if (observing && p->role != GATE) { e->count |= marks_of(m, p, s, k); continue; }
            long passed = run(p, m->data, s, W, k, &k->out, p->role == GATE ? 1 : -1);
            if (passed < 0) { e->late = FAULTY; continue; }
            if (p->role == GATE) { if (passed) later(&late, p->mark); continue; }
            e->count += (u32)passed;
            int blind = unread(p, mask, over, W);
            keeps |= blind;
            for (size_t i = 0; i < k->out.n; i += (size_t)W) {
                u64 *to, *rest, *x = k->out.v + i;
                size_t c = (size_t)e->start * (size_t)W;
                if ((!blind && same(x, s, W)) || !room(&changes, (size_t)W) || !room(&keep, (size_t)W)) continue;
                to = changes.v + changes.n;
                rest = keep.v + keep.n;
                for (int w = 0; w < W; w++) to[w] = x[w] ^ s[w], rest[w] = ~over[w];
                while (c < changes.n && !(same(changes.v + c, to, W) && same(keep.v + c, rest, W))) c += (size_t)W;
                if (c == changes.n) changes.n = keep.n += (size_t)W;
            }
        }
        e->n = (u32)(changes.n / (size_t)W) - e->start;
        if (late.n > first && e->late != FAULTY) { later(&late, NONE); e->late = (u32)first + 1; }
        if (e->late == FAULTY) { late.n = first; e->n = 0; }
    }
    free(s);
    t->changes = changes.v;
    if (keeps) t->keep = keep.v;
    else free(keep.v);
    t->late = malloc((late.n + 1) * sizeof(u32));
    if (t->late) for (size_t i = 0; i < late.n; i++) t->late[i] = (u32)late.v[i];
    free(late.v);
    return t->late && !changes.failed && !keep.failed && !late.failed && !k->out.failed;
}

static int prepare(scratch *k, const machine *m) {
    memset(k, 0, sizeof *k);
    k->r = malloc(8 * ((size_t)m->registers + 1));
    k->loop = malloc(4 * ((size_t)m->loops + 1));
    return k->r && k->loop;
}

static void discard(scratch *k) { free(k->r); free(k->loop); free(k->out.v); free(k->known); }

static void drop_tables(table *t, int n) {
    for (int i = 0; t && i < n; i++) { free(t[i].pieces); free(t[i].entries); free(t[i].changes); free(t[i].keep); free(t[i].late); }
    free(t);
}

void machine_free(machine *m) {
    if (!m) return;
    drop_tables(m->table, m->tables);
    drop_tables(m->observer, m->observers);
    free(m->programs);
    free(m);
}

/* sizes: words, programs, tables, observers, wide programs, wide observers, registers, loops. A program is its first
   instruction, role and mark. Of the tables, then of the observers: masks (W words each), numbers of members, members.
   What is given must live as long as the machine. Returns NULL where there is not enough memory. */
machine *machine_new(const u32 *sizes, const ins *code, const u32 *programs, const u64 *data, const u64 *masks,
                     const u32 *counts, const u32 *members, const u32 *wides) {
    machine *m = calloc(1, sizeof *m);
    scratch k;
    if (!m) return NULL;
    m->W = (int)sizes[0]; m->tables = (int)sizes[2]; m->observers = (int)sizes[3];
    m->wide = (int)sizes[4]; m->wide_observers = (int)sizes[5];
    m->registers = (int)sizes[6]; m->loops = (int)sizes[7];
    m->wides = wides; m->wide_observing = wides + m->wide; m->data = data;
    m->programs = calloc(sizes[1] + 1, sizeof(program));
    m->table = calloc((size_t)m->tables + 1, sizeof(table));
    m->observer = calloc((size_t)m->observers + 1, sizeof(table));
    int ok = m->programs && m->table && m->observer;
    ok = prepare(&k, m) && ok;
    for (u32 i = 0; ok && i < sizes[1]; i++) {
        m->programs[i] = (program){.code = code + programs[3 * i], .role = programs[3 * i + 1], .mark = programs[3 * i + 2]};
        survey(&m->programs[i], m->W);
    }
    for (int i = 0; ok && i < m->tables + m->observers; i++) {
        table *t = i < m->tables ? &m->table[i] : &m->observer[i - m->tables];
        ok = tabulate(m, t, masks + (size_t)i * (size_t)m->W, members, counts[i], i >= m->tables, &k);
        members += counts[i];
    }
    for (int i = 0; ok && i < m->tables; i++) {
        u32 most = 0;
        int bits = 0;
        for (int j = 0; j < m->table[i].n; j++) bits += __builtin_popcountll(m->table[i].pieces[j].mask);
        for (u32 at = 0; at < 1u << bits; at++) if (m->table[i].entries[at].n > most) most = m->table[i].entries[at].n;
        m->most += most;
    }
    discard(&k);
    if (ok) return m;
    machine_free(m);
    return NULL;
}

/* Append the successors of s (s itself may be missing); return the number of transitions, or -1 where an int leaves its range (or
   out->failed: there is no memory). */
INLINE long expand(const machine *m, const u64 *s, int W, scratch *k, vec *out) {
    long count = 0;
    if (!room(out, m->most * (size_t)W)) return -1;
    for (int i = 0; i < m->tables; i++) {
        const table *t = &m->table[i];
        const entry e = t->entries[place(t, s, W)];
        const u64 *c = t->changes + (size_t)e.start * (size_t)W;
        u64 *o = out->v + out->n;
        count += e.count;
        if (__builtin_expect(t->keep != NULL, 0)) {
            const u64 *b = t->keep + (size_t)e.start * (size_t)W;
            for (u32 j = 0; j < e.n * (u32)W; j += (u32)W)
                for (int w = 0; w < W; w++) o[j + (u32)w] = (s[w] & b[j + (u32)w]) ^ c[j + (u32)w];
        } else
            for (u32 j = 0; j < e.n * (u32)W; j += (u32)W)
                for (int w = 0; w < W; w++) o[j + (u32)w] = s[w] ^ c[j + (u32)w];
        out->n += (size_t)e.n * (size_t)W;
        if (__builtin_expect(e.late != 0, 0)) {
            if (e.late == FAULTY) return -1;
            for (const u32 *l = t->late + e.late - 1; *l != NONE; l++) {
                long passed = recall(&m->programs[*l], *l, m->data, s, W, k, out);
                if (passed < 0) return -1;
                count += passed;
            }
            if (!room(out, m->most * (size_t)W)) return -1;
        }
    }
    for (int i = 0; i < m->wide; i++) {
        long passed = recall(&m->programs[m->wides[i]], m->wides[i], m->data, s, W, k, out);
        if (passed < 0) return -1;
        count += passed;
    }
    return count;
}

INLINE u32 observe(const machine *m, const u64 *s, int W, scratch *k) {
    u32 marks = 0;
    for (int i = 0; i < m->observers; i++) {
        const table *t = &m->observer[i];
        const entry e = t->entries[place(t, s, W)];
        marks |= e.count;
        if (e.late == FAULTY) marks |= 1u << ERROR;
        else if (e.late) for (const u32 *l = t->late + e.late - 1; *l != NONE; l++) marks |= marks_of(m, &m->programs[*l], s, k);
    }
    for (int i = 0; i < m->wide_observers; i++) marks |= marks_of(m, &m->programs[m->wide_observing[i]], s, k);
    return marks;
}

/* ---------------------------------------------------------------- orbits */

#include "symmetry.h"

/* ---------------------------------------------------------------- the visited set */

typedef struct { _Alignas(LINE) u64 *slots; u64 n; int log; _Atomic int held; } segment;    /* a cache line each */
typedef struct { u64 *v; u64 n, cap; _Atomic u64 given; } queue;    /* states; `given`: how many of them threads have got */

struct worker;

typedef struct {
    const machine *m;
    struct worker *crew;                                        /* the threads' own, so many as there were at most */
    int hired;
    int W, bits, dense, hashed, threads, spilled;                      /* spilled: the frontier is the bitmap `now` */
    u32 stop, stop_late;                                        /* marks that end the search, at once or after the level */
    int excluded;                                               /* deadlocks with this mark are none; -1 */
    u64 limit;
    _Atomic u64 used;
    u64 *seen, *now, *next, *spare;                             /* bitmaps; `spare` is all 0 */
    segment segment[SEGMENTS];
    int zero;                                                   /* state 0 is in the hash table, where 0 means free */
    queue front[THREADS];
    u64 front_n, states, transitions, levels, dead;
    u64 hits[MARKS], first[MARKS * 64], first_level[MARKS];     /* for each mark: how many states, one of the nearest */
    pthread_mutex_t lock, start;
    pthread_cond_t passed;
    int active, waiting;                                        /* threads of this level, and of them at the gate */
    u64 round;
    double deadline;
    const volatile int *cancel;
    _Atomic u64 position;
    _Atomic int halt, calling, through;                         /* the status that ends the level early; all are to
                                                                   regroup; how many have nothing left to expand */
    const orbits *fold;                                         /* where given, of each orbit its representative is visited */
} space;

#define HUGE (1ULL << 21)

static int take(space *x, u64 bytes) {
    if (atomic_fetch_add(&x->used, bytes) + bytes <= x->limit) return 1;
    atomic_fetch_sub(&x->used, bytes);
    return 0;
}

static void *alloc(space *x, u64 bytes) {
    void *p = NULL;
    if (!take(x, bytes)) return NULL;
    if (posix_memalign(&p, bytes >= HUGE ? HUGE : LINE, bytes)) { atomic_fetch_sub(&x->used, bytes); return NULL; }
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE) madvise(p, bytes, MADV_HUGEPAGE);        /* large pages: a random access misses the TLB less */
#endif
    return memset(p, 0, bytes);
}

static void release(space *x, void *p, u64 bytes) {
    if (p) atomic_fetch_sub(&x->used, bytes);
    free(p);
}

static int push(space *x, queue *q, const u64 *s, int W) {
    if (q->n == q->cap) {
        u64 more = q->cap ? q->cap / 2 : 1024;
        if (!take(x, more * 8 * (u64)W)) return 0;
        u64 *v = realloc(q->v, (q->cap + more) * 8 * (u64)W);
        if (!v) { atomic_fetch_sub(&x->used, more * 8 * (u64)W); return 0; }
        q->v = v;
        q->cap += more;
    }
    for (int w = 0; w < W; w++) q->v[q->n * (u64)W + (u64)w] = s[w];
    q->n++;
    return 1;
}

static void empty(space *x, queue *q) {
    release(x, q->v, q->cap * 8 * (u64)x->W);
    *q = (queue){0};
}

INLINE u64 hash(const u64 *s, int W) {
    u64 h = 0;
    for (int w = 0; w < W; w++) {
        h = (h ^ s[w] ^ (s[w] >> 32)) * 0xd6e8feb86659fd93ULL;
        h ^= h >> 32;
    }
    return h * 0x9e3779b97f4a7c15ULL;
}

INLINE u64 *slot(const segment *g, u64 h, int W) { return g->slots + ((h << SEGMENT_BITS) >> (64 - g->log)) * (u64)W; }

INLINE int is_free(const u64 *p, int W) {
    u64 any = 0;
    for (int w = 0; w < W; w++) any |= p[w];
    return !any;
}

INLINE int equal(const u64 *a, const u64 *b, int W) {
    u64 differ = 0;
    for (int w = 0; w < W; w++) differ |= a[w] ^ b[w];
    return !differ;
}

/* The slot where s stands, or the free one where it belongs. */
INLINE u64 *find(const segment *g, const u64 *s, u64 h, int W) {
    u64 *p = slot(g, h, W), *end = g->slots + ((u64)W << g->log);
    while (!is_free(p, W) && !equal(p, s, W)) if ((p += W) == end) p = g->slots;
    return p;
}

static int grow(space *x, segment *g, int W) {
    segment old = *g;
    int log = old.slots ? old.log + 1 : 8;
    u64 *slots = alloc(x, 8 * ((u64)W << log));
    if (!slots) return 0;
    g->slots = slots;
    g->log = log;
    for (u64 i = 0; old.slots && i < (u64)W << old.log; i += (u64)W)
        if (!is_free(old.slots + i, W)) memcpy(find(g, old.slots + i, hash(old.slots + i, W), W), old.slots + i, 8 * (u64)W);
    release(x, old.slots, old.slots ? 8 * ((u64)W << old.log) : 0);
    return 1;
}

/* 1 iff s is new; -1 where there is no memory for it. */
INLINE int insert_hashed(space *x, const u64 *s, u64 h, int W) {
    segment *g = &x->segment[h >> (64 - SEGMENT_BITS)];
    if (__builtin_expect(is_free(s, W), 0)) { int fresh = !x->zero; x->zero = 1; return fresh; }
    if (__builtin_expect(!g->slots, 0) && !grow(x, g, W)) return -1;
    u64 *p = find(g, s, h, W);
    if (!is_free(p, W)) return 0;
    if (__builtin_expect(4 * (g->n + 1) > (u64)3 << g->log, 0)) {
        if (!grow(x, g, W)) return -1;
        p = find(g, s, h, W);
    }
    for (int w = 0; w < W; w++) p[w] = s[w];
    g->n++;
    return 1;
}

/* The same while other threads insert, too. */
static int insert_locked(space *x, const u64 *s, u64 h, int W) {
    _Atomic int *held = &x->segment[h >> (64 - SEGMENT_BITS)].held;
    while (atomic_exchange_explicit(held, 1, memory_order_acquire)) sched_yield();
    int fresh = insert_hashed(x, s, h, W);
    atomic_store_explicit(held, 0, memory_order_release);
    return fresh;
}

/* The same for a state of one word, which needs no lock: there is room, and no segment grows meanwhile. */
INLINE int insert_racing(space *x, u64 s, u64 h) {
    const segment *g = &x->segment[h >> (64 - SEGMENT_BITS)];
    if (__builtin_expect(!s, 0)) return !__atomic_exchange_n(&x->zero, 1, __ATOMIC_RELAXED);
    for (u64 *p = slot(g, h, 1), *end = g->slots + (1ULL << g->log);; p = p + 1 == end ? g->slots : p + 1) {
        u64 there = __atomic_load_n(p, __ATOMIC_RELAXED);
        if (!there && __atomic_compare_exchange_n(p, &there, s, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return 1;
        if (there == s) return 0;
    }
}

INLINE int insert_dense(space *x, u64 s, int shared) {
    u64 bit = 1ULL << (s & 63), *p = &x->seen[s >> 6];
    if (__atomic_load_n(p, __ATOMIC_RELAXED) & bit) return 0;
    if (!shared) { *p |= bit; return 1; }
    return !(__atomic_fetch_or(p, bit, __ATOMIC_RELAXED) & bit);
}

static u64 map_bytes(const space *x) { return ((1ULL << x->bits) + 63) / 64 * 8; }

/* ---------------------------------------------------------------- search */

static void meet_at_gate(space *x) {
    pthread_mutex_lock(&x->lock);
    u64 round = x->round;
    if (++x->waiting == x->active) {
        x->waiting = 0;
        x->round++;
        pthread_cond_broadcast(&x->passed);
    } else while (round == x->round) pthread_cond_wait(&x->passed, &x->lock);
    pthread_mutex_unlock(&x->lock);
}

typedef struct worker {
    _Alignas(LINE) space *x;
    int number;
    scratch k;
    vec out;
    u64 *recent;                                                /* complements of states that are surely visited */
    queue next;
    u64 fresh[SEGMENTS], room[SEGMENTS];                        /* states put into each segment; how many more may be */
    u64 found, transitions, dead;
} worker;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void halt(space *x, int status) {
    int none = 0;
    atomic_compare_exchange_strong(&x->halt, &none, status);
}

static void record(space *x, u32 marks, const u64 *s, u64 level) {
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < MARKS; i++)
        if (marks >> i & 1 && !x->hits[i]++) {
            memcpy(x->first + 64 * i, s, 8 * (size_t)x->W);
            x->first_level[i] = level;
        }
    pthread_mutex_unlock(&x->lock);
    if (marks & 1u << ERROR) halt(x, WRONG);
    else if (marks & x->stop) halt(x, HIT);
}

/* A new state: look at it and put it into the next frontier. */
INLINE void meet(worker *k, const u64 *s, int W, int shared) {
    space *x = k->x;
    u32 marks = observe(x->m, s, W, &k->k);
    k->found++;
    if (__builtin_expect(marks, 0)) record(x, marks, s, x->levels + 1);
    if (x->next) {
        u64 bit = 1ULL << (*s & 63);
        if (shared) __atomic_fetch_or(&x->next[*s >> 6], bit, __ATOMIC_RELAXED);
        else x->next[*s >> 6] |= bit;
    } else if (!push(x, &k->next, s, W)) halt(x, MEMORY);
}

INLINE void expand_into(worker *k, const u64 *s, int W) {
    space *x = k->x;
    size_t from = k->out.n;
    long count = expand(x->m, s, W, &k->k, &k->out);
    if (__builtin_expect(x->fold != NULL, 0)) represent(x->fold, k->out.v + from, (k->out.n - from) / (size_t)W);
    if (__builtin_expect(count <= 0, 0)) {
        if (k->out.failed) halt(x, MEMORY);
        if (count < 0) {
            if (!k->out.failed) record(x, 1u << ERROR, s, x->levels);
            return;
        }
        k->dead++;
        if (x->excluded < 0 || !(observe(x->m, s, W, &k->k) >> x->excluded & 1)) record(x, 1u << DEAD, s, x->levels);
    }
    k->transitions += (u64)count;
}

INLINE void insert_all_dense(worker *k, int shared, int prefetched) {
    space *x = k->x;
    const u64 *v = k->out.v;
    if (prefetched) for (size_t i = 0; i < k->out.n; i++) __builtin_prefetch(&x->seen[v[i] >> 6], 1, 1);
    for (size_t i = 0; i < k->out.n; i++) if (insert_dense(x, v[i], shared)) meet(k, v + i, 1, shared);
}

/* Most successors were met a moment ago: a small cache spares their way to the table. It is told of s. */
INLINE int is_recent(worker *k, u64 s, u64 h) {
    u64 *p = &k->recent[(h >> 20) & (RECENT - 1)], found = *p == ~s && ~s;
    *p = ~s;
    return (int)found;
}

/* Every thread comes here: segments that are filling up grow, each by the hand of one thread, and each thread is told how
   many states it may put into each. Returns whether no thread has anything left to expand. */
static int regroup(worker *k, int calling) {
    space *x = k->x;
    if (calling) atomic_store(&x->calling, 1);
    for (int i = 0; i < SEGMENTS; i++) __atomic_fetch_add(&x->segment[i].n, k->fresh[i], __ATOMIC_RELAXED);
    memset(k->fresh, 0, sizeof k->fresh);
    meet_at_gate(x);
    int through = atomic_load(&x->through) == x->active;
    if (!k->number) atomic_store(&x->calling, 0);
    for (int i = k->number; i < SEGMENTS; i += x->active) {
        segment *g = &x->segment[i];
        if ((!g->slots || 8 * g->n > (u64)5 << g->log) && !grow(x, g, 1)) halt(x, MEMORY);
    }
    meet_at_gate(x);
    for (int i = 0; i < SEGMENTS && !x->halt; i++) {            /* where a thread is here again already, the less */
        u64 n = __atomic_load_n(&x->segment[i].n, __ATOMIC_RELAXED);
        k->room[i] = (((u64)3 << x->segment[i].log) / 4 - n) / (u64)x->active;
    }
    return through;
}

/* 1 iff the state is new; -1 where there is no memory for it or, with other threads, the search is over. */
INLINE int insert_hashed_among(worker *k, const u64 *s, u64 h, int W, int shared) {
    u64 i = h >> (64 - SEGMENT_BITS);
    if (!shared) return insert_hashed(k->x, s, h, W);
    if (W > 1) return insert_locked(k->x, s, h, W);
    if (__builtin_expect(!k->room[i], 0)) { regroup(k, 1); if (k->x->halt) return -1; }
    int fresh = insert_racing(k->x, *s, h);
    k->fresh[i] += (u64)fresh;
    k->room[i] -= (u64)fresh;
    return fresh;
}

INLINE void insert_all_hashed(worker *k, int W, int shared) {
    space *x = k->x;
    enum { AHEAD = 256 };
    u64 h[AHEAD];
    const u64 *v = k->out.v, *state[AHEAD];
    for (size_t i = 0; i < k->out.n;) {
        int waiting = 0;
        for (; i < k->out.n && waiting < AHEAD; i += (size_t)W) {
            u64 a = hash(v + i, W);
            const segment *g = &x->segment[a >> (64 - SEGMENT_BITS)];
            if (W == 1 && is_recent(k, v[i], a)) continue;
            h[waiting] = a;
            state[waiting++] = v + i;
            if ((W == 1 || !shared) && g->slots) __builtin_prefetch(slot(g, a, W), 1, 3);
        }
        for (int j = 0; j < waiting; j++) {
            int fresh = insert_hashed_among(k, state[j], h[j], W, shared);
            if (fresh > 0) meet(k, state[j], W, 0);
            else if (fresh < 0) { halt(x, MEMORY); return; }
        }
    }
}

static int is_over(space *x) {
    if (x->cancel && *x->cancel) halt(x, TIME);
    if (x->deadline > 0 && now() > x->deadline) halt(x, TIME);
    return atomic_load(&x->halt);
}

/* A stretch of the frontier that no other thread gets, of those first that this thread has found itself: their successors
   are often the same, which only `is_recent` of one thread sees. Returns how many states; 0 at the end. */
static u64 stretch(worker *k, const u64 **v) {
    space *x = k->x;
    for (int t = 0; t < THREADS && !is_over(x); t++) {
        queue *q = &x->front[(k->number + t) % THREADS];
        u64 from = q->given < q->n ? atomic_fetch_add(&q->given, STRIDE) : q->n;
        if (from >= q->n) continue;
        *v = q->v + from * (u64)x->W;
        return q->n - from < STRIDE ? q->n - from : STRIDE;
    }
    return 0;
}

/* The states number `from` up to `upto` of the frontier, in at most `room` pieces of memory: here, a queue's. */
static const u64 *front_at(const space *x, u64 from, u64 *n) {
    for (int t = 0; t < THREADS; t++) {
        if (from < x->front[t].n) {
            if (*n > x->front[t].n - from) *n = x->front[t].n - from;
            return x->front[t].v + from * (u64)x->W;
        }
        from -= x->front[t].n;
    }
    *n = 0;
    return NULL;
}

INLINE void work_spilled(worker *k, int shared) {
    space *x = k->x;
    u64 size = map_bytes(x) / 8;
    for (u64 from; !is_over(x) && (from = atomic_fetch_add(&x->position, STRIDE)) < size;)
        for (u64 w = from; w < from + STRIDE && w < size && !x->halt; w++) {
            u64 word = x->now[w];
            if (!word) continue;
            x->now[w] = 0;
            k->out.n = 0;
            for (; word; word &= word - 1) {
                u64 s = w << 6 | (u64)__builtin_ctzll(word);
                expand_into(k, &s, 1);
            }
            insert_all_dense(k, shared, x->bits > 22);
        }
}

/* Expand states of the frontier, some at a time, and insert their successors. */
INLINE void work_through(worker *k, int W, int dense, int shared) {
    space *x = k->x;
    const u64 *v;
    for (u64 left; (left = stretch(k, &v));)
        for (u64 n; left && !x->halt; left -= n, v += n * (u64)W) {
            n = left < BATCH ? left : BATCH;
            k->out.n = 0;
            for (u64 i = 0; i < n; i++) expand_into(k, v + i * (u64)W, W);
            if (dense) insert_all_dense(k, shared, x->bits > 22);
            else insert_all_hashed(k, W, shared);
            if (shared && !dense && W == 1 && x->calling) regroup(k, 1);
        }
}

INLINE void work_hashed(worker *k, int W, int shared) {
    if (!shared || W > 1) { work_through(k, W, 0, shared); return; }
    regroup(k, 0);
    work_through(k, 1, 0, 1);
    atomic_fetch_add(&k->x->through, 1);
    while (!regroup(k, 0)) continue;
}

INLINE void work_dense(worker *k, int shared) {
    if (k->x->spilled) work_spilled(k, shared);
    else work_through(k, 1, 1, shared);
}

static void *work(void *given) {
    worker *k = given;
    space *x = k->x;
    pthread_mutex_lock(&x->start);                              /* until it is known how many take part */
    pthread_mutex_unlock(&x->start);
    int shared = x->active > 1;
    if (x->dense) { if (shared) work_dense(k, 1); else work_dense(k, 0); }
    else if (x->W == 1) { if (shared) work_hashed(k, 1, 1); else work_hashed(k, 1, 0); }
    else if (shared) work_hashed(k, x->W, 1);
    else if (x->W == 2) work_hashed(k, 2, 0);
    else work_hashed(k, x->W, 0);
    if (k->out.failed) halt(x, MEMORY);
    return NULL;
}

/* A hash table that is larger than the bitmap would be becomes the bitmap; a large frontier of a dense space, too. */
static int settle(space *x) {
    u64 hashed = 0, bytes;
    if (x->W > 1 || x->bits > 40 || x->hashed) return 1;
    bytes = map_bytes(x);
    for (int i = 0; i < SEGMENTS; i++) hashed += x->segment[i].slots ? 8ULL << x->segment[i].log : 0;
    if (!x->dense && hashed >= bytes && (x->seen = alloc(x, bytes))) {
        x->dense = 1;
        if (x->zero) x->seen[0] |= 1;
        for (int i = 0; i < SEGMENTS; i++) {
            segment *g = &x->segment[i];
            for (u64 j = 0; g->slots && j < 1ULL << g->log; j++) if (g->slots[j]) insert_dense(x, g->slots[j], 0);
            release(x, g->slots, g->slots ? 8ULL << g->log : 0);
            g->slots = NULL;
        }
    }
    x->next = NULL;
    if (x->dense && x->front_n * 192 > 1ULL << x->bits) {
        x->next = x->spare ? x->spare : alloc(x, bytes);
        x->spare = NULL;
    }
    return 1;
}

static void finish_level(space *x, worker *k, int n) {
    for (int t = 0; t < THREADS; t++) empty(x, &x->front[t]);
    x->front_n = 0;
    for (int t = 0; t < n; t++) {
        x->front[t] = k[t].next;
        x->front[t].given = 0;
        x->front_n += k[t].found;
        x->states += k[t].found;
        x->transitions += k[t].transitions;
        x->dead += k[t].dead;
    }
    if (x->now && !x->spare) x->spare = x->now;                 /* used up: all 0 */
    else release(x, x->now, x->now ? map_bytes(x) : 0);
    x->spilled = x->next != NULL;
    x->now = x->next;
    x->next = NULL;
    x->levels++;
}

static void dismiss(space *x) {
    for (int t = 0; t < x->hired; t++) {
        discard(&x->crew[t].k);
        free(x->crew[t].out.v);
        free(x->crew[t].recent);
    }
    free(x->crew);
    x->crew = NULL;
    x->hired = 0;
}

/* Have n workers ready for a level; what they remember of earlier ones stays true. */
static worker *hire(space *x, int n) {
    void *made = NULL;
    int ok = 1;
    if (x->hired < n) {
        dismiss(x);
        if (posix_memalign(&made, LINE, (size_t)n * sizeof(worker))) return NULL;
        x->crew = memset(made, 0, (size_t)n * sizeof(worker));
        x->hired = n;
    }
    for (int t = 0; t < n && ok; t++) {
        worker *k = &x->crew[t];
        k->x = x;
        k->number = t;
        k->next = (queue){0};
        k->found = k->transitions = k->dead = 0;
        memset(k->fresh, 0, sizeof k->fresh);
        if (k->recent) continue;
        ok = prepare(&k->k, x->m) && (k->recent = calloc(RECENT, 8));
        k->k.known = calloc((size_t)1 << MEMORIES, sizeof(memory));    /* it is done without where there is no room */
    }
    return ok ? x->crew : NULL;
}

/* Expand the frontier. MORE: there is a next one; FINISHED: every state is known; else why the search ends. */
int advance(space *x, double deadline, const volatile int *cancel) {
    int n = x->threads > 1 && x->front_n >= MANY ? x->threads : 1, status;
    pthread_t thread[THREADS];
    worker *k = settle(x) ? hire(x, n) : NULL;
    if (!k) return MEMORY;
    x->deadline = deadline;
    x->cancel = cancel;
    x->halt = x->calling = x->through = 0;
    x->position = 0;
    x->active = 1;
    if (!is_over(x)) {
        pthread_mutex_lock(&x->start);
        while (x->active < n && !pthread_create(&thread[x->active], NULL, work, &k[x->active])) x->active++;
        pthread_mutex_unlock(&x->start);
        work(&k[0]);
        for (int t = 1; t < x->active; t++) pthread_join(thread[t], NULL);
    }
    finish_level(x, k, n);
    if ((status = x->halt)) return status;
    for (int i = 0; i < MARKS; i++) if (x->stop_late >> i & 1 && x->hits[i]) return HIT;
    return x->front_n ? MORE : FINISHED;
}

void space_free(space *x) {
    if (!x) return;
    dismiss(x);
    free(x->seen);
    free(x->now);
    free(x->next);
    free(x->spare);
    for (int i = 0; i < SEGMENTS; i++) free(x->segment[i].slots);
    for (int i = 0; i < THREADS; i++) free(x->front[i].v);
    pthread_mutex_destroy(&x->lock);
    pthread_mutex_destroy(&x->start);
    pthread_cond_destroy(&x->passed);
    free(x);
}

/* An empty space. A bitmap is chosen at once where it takes no more than `dense` bytes, never where that is 0. */
space *space_new(const machine *m, int bits, int threads, u64 limit, u64 dense, u32 stop, u32 stop_late, int excluded) {
    void *made = NULL;
    if (posix_memalign(&made, LINE, sizeof(space))) return NULL;
    space *x = memset(made, 0, sizeof(space));
    x->m = m; x->W = m->W; x->bits = bits; x->limit = limit; x->hashed = !dense;
    x->threads = threads < 1 ? 1 : threads > THREADS ? THREADS : threads;
    x->stop = stop; x->stop_late = stop_late; x->excluded = excluded;
    pthread_mutex_init(&x->lock, NULL);
    pthread_mutex_init(&x->start, NULL);
    pthread_cond_init(&x->passed, NULL);
    if (m->W == 1 && bits < 40 && map_bytes(x) <= dense) x->dense = (x->seen = alloc(x, map_bytes(x))) != NULL;
    return x;
}

static int insert(space *x, const u64 *s) {
    return x->dense ? insert_dense(x, *s, 0) : insert_hashed(x, s, hash(s, x->W), x->W);
}

/* Put n states into the frontier, as far as they are new; `looked`: observe them. Returns 0 where memory ends. */
int space_seed(space *x, const u64 *v, u64 n, int looked) {
    worker k = {0};
    u64 level = x->levels;
    k.x = x;
    k.next = x->front[0];
    x->halt = 0;
    if (!prepare(&k.k, x->m)) return 0;
    for (u64 i = 0; i < n && !x->halt; i++) {
        const u64 *s = v + i * (u64)x->W;
        int fresh = insert(x, s);
        if (fresh < 0) halt(x, MEMORY);
        if (fresh < 1) continue;
        k.found++;
        u32 marks = looked ? observe(x->m, s, x->W, &k.k) : 0;
        if (marks) record(x, marks, s, level);
        if (!push(x, &k.next, s, x->W)) halt(x, MEMORY);
    }
    discard(&k.k);
    x->front[0] = k.next;
    x->front_n += k.found;
    x->states += k.found;
    return x->halt != MEMORY;
}

/* From now on, visit representatives only; what was and is seeded must be some. */
void space_fold(space *x, const orbits *o) { x->fold = o; }

/* Forget the frontier: what was seeded stays visited. */
void space_drop(space *x) {
    for (int t = 0; t < THREADS; t++) empty(x, &x->front[t]);
    x->front_n = 0;
}

/* states, transitions, levels, deadlocks, bytes used, dense, frontier; then for each mark: hits, level of the first. */
void space_counts(const space *x, u64 *out) {
    u64 counts[7] = {x->states, x->transitions, x->levels, x->dead, x->used, (u64)x->dense, x->front_n};
    memcpy(out, counts, sizeof counts);
    memcpy(out + 7, x->hits, sizeof x->hits);
    memcpy(out + 7 + MARKS, x->first_level, sizeof x->first_level);
}

void space_restore(space *x, u64 transitions, u64 levels, u64 dead) {
    x->transitions = transitions; x->levels = levels; x->dead = dead;
}

void space_first(const space *x, int mark, u64 *out) { memcpy(out, x->first + 64 * mark, 8 * (size_t)x->W); }

int space_has(const space *x, const u64 *s) {
    if (x->dense) return (int)(x->seen[*s >> 6] >> (*s & 63) & 1);
    if (is_free(s, x->W)) return x->zero;
    u64 h = hash(s, x->W);
    const segment *g = &x->segment[h >> (64 - SEGMENT_BITS)];
    return g->slots && !is_free(find(g, s, h, x->W), x->W);
}

static u64 bits_out(const u64 *map, u64 words, u64 *cursor, u64 *out, u64 most) {
    u64 n = 0;
    for (; *cursor < words && n + 64 <= most; (*cursor)++)
        for (u64 word = map[*cursor]; word; word &= word - 1) out[n++] = *cursor << 6 | (u64)__builtin_ctzll(word);
    return n;
}

/* Copy at most `most` (at least 64) visited states, from *cursor on, which starts at 0; returns how many, 0 at the end. */
u64 space_states(const space *x, u64 *cursor, u64 *out, u64 most) {
    u64 n = 0, at = 0, W = (u64)x->W;
    if (x->dense) {
        while (*cursor < map_bytes(x) / 8 && !n) n = bits_out(x->seen, map_bytes(x) / 8, cursor, out, most);
        return n;
    }
    if (!*cursor && x->zero) { memset(out, 0, 8 * W); n = 1; }
    for (int i = 0; i < SEGMENTS; i++) {
        const segment *g = &x->segment[i];
        u64 size = g->slots ? 1ULL << g->log : 0;
        for (u64 j = *cursor > at ? *cursor - at : 0; j < size; j++) {
            if (n == most) return n;
            *cursor = at + j + 1;
            if (!is_free(g->slots + j * W, (int)W)) { memcpy(out + n * W, g->slots + j * W, 8 * W); n++; }
        }
        at += size;
    }
    return n;
}

/* The same for the frontier. */
u64 space_front(const space *x, u64 *cursor, u64 *out, u64 most) {
    u64 n = most;
    if (x->spilled) {
        for (n = 0; *cursor < map_bytes(x) / 8 && !n;) n = bits_out(x->now, map_bytes(x) / 8, cursor, out, most);
        return n;
    }
    const u64 *v = front_at(x, *cursor, &n);
    if (n) memcpy(out, v, 8 * n * (u64)x->W);
    *cursor += n;
    return n;
}

/* ---------------------------------------------------------------- questions about given states */

/* The marks of n states: for each mark how many have it, and in `first` the place of the first one. */
int look(const machine *m, const u64 *v, u64 n, u64 *hits, u64 *first, int deadlocks) {
    scratch k;
    vec out = {0};
    if (!prepare(&k, m)) return 0;
    for (u64 i = 0; i < n; i++) {
        const u64 *s = v + i * (u64)m->W;
        u32 marks = observe(m, s, m->W, &k);
        if (deadlocks) { out.n = 0; if (!expand(m, s, m->W, &k, &out)) marks |= 1u << DEAD; }
        for (int j = 0; marks; j++, marks >>= 1) if (marks & 1 && !hits[j]++) first[j] = i;
    }
    free(out.v);
    discard(&k);
    return 1;
}

/* How often each program passes in n states, added to `counts`. Returns 0 where memory ends. */
int tally(const machine *m, u32 programs, const u64 *v, u64 n, u64 *counts) {
    scratch k;
    if (!prepare(&k, m)) return 0;
    for (u64 i = 0; i < n; i++)
        for (u32 p = 0; p < programs; p++) {
            k.out.n = 0;
            long passed = run(&m->programs[p], m->data, v + i * (u64)m->W, m->W, &k, &k.out, -1);
            if (passed > 0) counts[p] += (u64)passed;
        }
    discard(&k);
    return 1;
}

/* The place of the first of n states that has `target` as a successor, or n. */
u64 predecessor(const machine *m, const u64 *v, u64 n, const u64 *target) {
    scratch k;
    vec out = {0};
    u64 i = n;
    if (prepare(&k, m))
        for (i = 0; i < n; i++) {
            out.n = 0;
            if (expand(m, v + i * (u64)m->W, m->W, &k, &out) < 0) continue;
            size_t j = 0;
            while (j < out.n && !same(out.v + j, target, m->W)) j += (size_t)m->W;
            if (j < out.n) break;
        }
    free(out.v);
    discard(&k);
    return i;
}

/* For each pair of fields (shift, width of one word each; 4 numbers and 2 words), mark the pairs of codes that occur in
   n states: bit a + (b << width of the first), in a bitmap that starts at `base` (in words) in `maps`. */
void project(const u64 *v, u64 n, int W, const u32 *pairs, u32 count, u64 *maps) {
    for (u64 i = 0; i < n; i++)
        for (u32 p = 0; p < count; p++) {
            const u32 *q = pairs + 7 * p;
            const u64 *s = v + i * (u64)W;
            u64 a = s[q[0]] >> q[1] & ((1ULL << q[2]) - 1), b = s[q[3]] >> q[4] & ((1ULL << q[5]) - 1), at = a | b << q[2];
            maps[q[6] + (at >> 6)] |= 1ULL << (at & 63);
        }
}

/* The marks of each of n states. */
int mark(const machine *m, const u64 *v, u64 n, uint16_t *out) {
    scratch k;
    if (!prepare(&k, m)) return 0;
    for (u64 i = 0; i < n; i++) out[i] = (uint16_t)observe(m, v + i * (u64)m->W, m->W, &k);
    discard(&k);
    return 1;
}

/* For each of n states, whether a transition leads back to it. */
int returns(const machine *m, u32 programs, const u64 *v, u64 n, uint8_t *out) {
    scratch k;
    if (!prepare(&k, m)) return 0;
    for (u64 i = 0; i < n; i++) {
        const u64 *s = v + i * (u64)m->W;
        out[i] = 0;
        for (u32 p = 0; p < programs && !out[i]; p++) {
            if (m->programs[p].role != STEP) continue;
            k.out.n = 0;
            run(&m->programs[p], m->data, s, m->W, &k, &k.out, -1);
            for (size_t j = 0; j < k.out.n; j += (size_t)m->W) out[i] |= (uint8_t)same(k.out.v + j, s, m->W);
        }
    }
    discard(&k);
    return 1;
}

/* ---------------------------------------------------------------- the graph of given states */

/* The edges between n states (fewer than 2^32 - 1): those of state i lead to targets[offsets[i]] up to offsets[i + 1],
   places among the states. Returns how many there are, at most `most` of which are written; -1 where memory ends. */
int64_t edges(const machine *m, const u64 *v, u64 n, u64 *offsets, u32 *targets, u64 most) {
    int log = 4;
    u64 count = 0, W = (u64)m->W;
    scratch k;
    vec out = {0};
    while (1ULL << log < 2 * n) log++;
    u32 *index = calloc(1ULL << log, sizeof(u32));
    if (!prepare(&k, m) || !index) { free(index); discard(&k); return -1; }
    for (u64 i = 0; i < n; i++) {
        u64 h = hash(v + i * W, m->W) >> (64 - log);
        while (index[h]) h = (h + 1) & ((1ULL << log) - 1);
        index[h] = (u32)i + 1;
    }
    for (u64 i = 0; i < n; i++) {
        offsets[i] = count;
        out.n = 0;
        if (expand(m, v + i * W, m->W, &k, &out) < 0) continue;
        for (size_t j = 0; j < out.n; j += W) {
            u64 h = hash(out.v + j, m->W) >> (64 - log);
            while (index[h] && !same(v + (index[h] - 1) * W, out.v + j, m->W)) h = (h + 1) & ((1ULL << log) - 1);
            if (!index[h] || same(out.v + j, v + i * W, m->W)) continue;
            if (count < most) targets[count] = index[h] - 1;
            count++;
        }
    }
    offsets[n] = count;
    free(index);
    free(out.v);
    discard(&k);
    return (int64_t)count;
}

/* Breadth first from the states marked in `start`, through those marked in `inside`: parent[i] is the state before i, i
   itself for a start, NONE where i is not reached. `queue` has room for n. Returns how many are reached. */
u64 reach(u64 n, const u64 *offsets, const u32 *targets, const uint8_t *start, const uint8_t *inside, u32 *parent, u32 *queue) {
    u64 end = 0;
    for (u64 i = 0; i < n; i++) {
        parent[i] = NONE;
        if (start[i]) { parent[i] = (u32)i; queue[end++] = (u32)i; }
    }
    for (u64 at = 0; at < end; at++)
        for (u64 e = offsets[queue[at]]; e < offsets[queue[at] + 1]; e++) {
            u32 t = targets[e];
            if (parent[t] == NONE && inside[t]) { parent[t] = queue[at]; queue[end++] = t; }
        }
    return end;
}

/* Mark every state from which a marked one can be reached. */
void before(u64 n, const u64 *offsets, const u32 *targets, uint8_t *marked) {
    for (int changed = 1, up = 0; changed; up = !up) {
        changed = 0;
        for (u64 j = 0; j < n; j++) {
            u64 i = up ? j : n - 1 - j;
            for (u64 e = offsets[i]; !marked[i] && e < offsets[i + 1]; e++)
                if (marked[targets[e]]) marked[i] = 1, changed = 1;
        }
    }
}

/* Strongly connected components of the states marked in `inside` (Tarjan 1972, without recursion), numbered so that no
   edge leads to a higher number; NONE outside. Returns how many there are; -1 where memory ends. */
int64_t components(u64 n, const u64 *offsets, const u32 *targets, const uint8_t *inside, u32 *component) {
    u32 *low = calloc(n + 1, 4), *index = calloc(n + 1, 4), *stack = malloc(4 * (n + 1)), *path = malloc(4 * (n + 1));
    u64 *next = malloc(8 * (n + 1)), depth = 0, height = 0;
    int64_t found = 0;
    u32 time = 0;
    int ok = low && index && stack && path && next;
    memset(component, 255, 4 * n);
    for (u64 root = 0; ok && root < n; root++) {
        if (!inside[root] || index[root]) continue;
        path[depth++] = (u32)root;
        next[root] = offsets[root];
        index[root] = low[root] = ++time;
        stack[height++] = (u32)root;
        while (depth) {
            u32 at = path[depth - 1];
            if (next[at] < offsets[at + 1]) {
                u32 to = targets[next[at]++];
                if (!inside[to]) continue;
                if (!index[to]) {
                    index[to] = low[to] = ++time;
                    next[to] = offsets[to];
                    path[depth++] = to;
                    stack[height++] = to;
                } else if (component[to] == NONE && index[to] < low[at]) low[at] = index[to];
                continue;
            }
            depth--;
            if (depth && low[at] < low[path[depth - 1]]) low[path[depth - 1]] = low[at];
            if (low[at] != index[at]) continue;
            u32 member;
            do component[member = stack[--height]] = (u32)found; while (member != at);
            found++;
        }
    }
    free(low); free(index); free(stack); free(path); free(next);
    return ok ? found : -1;
}

/* The size of each component, and whether an edge leaves it. */
void outline(u64 n, const u64 *offsets, const u32 *targets, const u32 *component, u64 *sizes, uint8_t *left) {
    for (u64 i = 0; i < n; i++) {
        if (component[i] == NONE) continue;
        sizes[component[i]]++;
        for (u64 e = offsets[i]; e < offsets[i + 1]; e++) if (component[targets[e]] != component[i]) left[component[i]] = 1;
    }
}
