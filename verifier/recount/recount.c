/* Counts the reachable states of a machine and looks for what is wanted, by running straight code over registers.

   A state is some 64-bit words in which every field has its bits; bit 63 of the first word is never part of a field, and
   is set in each state that stands in the table. The table is made for as many states as are claimed, and never grows:
   one state more, and the claim is wrong. Found states wait in a ring until what they need of the table has come. */

#define _DEFAULT_SOURCE

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef struct {
  int32_t op, to, a, b, c;
} Line;

typedef struct {
  int64_t low;
  int32_t word, shift;
  uint64_t mask;
} Field;

typedef struct {
  int32_t field, register_;
} Write;

typedef struct {
  int32_t field, base; /* the actions for value v are number index[base + v] up to, not including, index[base + v + 1] */
} Choice;

typedef struct {
  int32_t start, forks;
} Action;

typedef struct {
  const Line *code;
  const int64_t *data;
  const Field *fields;
  const Write *writes;
  const Choice *choices;
  const int32_t *index;
  const Action *actions;
  int64_t *registers;
  int64_t field_count, choice_count, words, initial, dead;
} Plan;

typedef struct {
  uint64_t claimed, memory, work;
  double deadline;
} Limits;

typedef struct {
  uint64_t states, transitions, hits, work;
} Result;

enum { DONE, MORE, WRONG, UNSURE, MEMORY, WORK, TIME };

#define OPERATIONS(X) \
  X(END) X(EQ) X(NE) X(LT) X(LE) X(ADD) X(SUB) X(MUL) X(AND) X(OR) X(XOR) X(SHL) X(SHR) X(MOVE) X(SELECT) X(LOAD) \
  X(LOOK) X(UNLESS_EQ) X(UNLESS_NE) X(UNLESS_LT) X(UNLESS_LE) X(CHECK) X(IF_ZERO) X(IF_NOT_ZERO) X(NEXT) X(EMIT) X(HIT)

#define RING 32
#define BORDER ((uint64_t)1 << 63)
#define BLOCK ((uint64_t)1 << 14)

typedef struct {
  const Plan *plan;
  const Limits *limits;
  Result *result;
  uint64_t *table, *stack, *ring, *current, *first;
  uint64_t slots, waiting, room; /* `room`: for how many states there is memory on the stack, of which some wait */
  uint64_t places[RING], met, left; /* states met and taken out of the ring */
  uint64_t fired;                /* steps of the state that is looked at */
  uint64_t branches;             /* different outcomes of the action that is run, at most 2 */
  int forks;
} Count;

static uint64_t place_of(const Count *c, const uint64_t *state) {
  uint64_t h = 0;
  for (int64_t i = 0; i < c->plan->words; i++) {
    h = (h ^ state[i]) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
  }
  h *= 0xd6e8feb86659fd93u;
  return (uint64_t)(((unsigned __int128)h * c->slots) >> 64);
}

static int push(Count *c, const uint64_t *state) {
  int64_t words = c->plan->words;
  if (c->waiting == c->room) {
    uint64_t room = c->room * 2, size = 8 * (uint64_t)words;
    if (size * (room + c->slots) > c->limits->memory) return MEMORY;
    uint64_t *more = realloc(c->stack, room * size);
    if (!more) return MEMORY;
    c->stack = more;
    c->room = room;
  }
  memcpy(c->stack + c->waiting++ * (uint64_t)words, state, 8 * (size_t)words);
  return DONE;
}

/* Take the state that has waited longest out of the ring; if it is new, put it into the table and on the stack. */
static int settle(Count *c) {
  int64_t words = c->plan->words;
  uint64_t number = c->left++ % RING, at = c->places[number];
  const uint64_t *state = c->ring + number * (uint64_t)words;
  for (;; at = at + 1 == c->slots ? 0 : at + 1) {
    uint64_t *slot = c->table + at * (uint64_t)words;
    if (!slot[0]) {
      if (c->result->states == c->limits->claimed) return MORE;
      c->result->states++;
      memcpy(slot, state, 8 * (size_t)words);
      return push(c, state);
    }
    if (words == 1 ? *slot == *state : !memcmp(slot, state, 8 * (size_t)words)) return DONE;
  }
}

/* Meet the state that follows from the current one by some writes. */
static int emit(Count *c, const Write *writes, int32_t number) {
  int64_t words = c->plan->words;
  if (c->met - c->left == RING) {
    int status = settle(c);
    if (status) return status;
  }
  uint64_t place = c->met++ % RING, *state = c->ring + place * (uint64_t)words;
  memcpy(state, c->current, 8 * (size_t)words);
  for (int32_t i = 0; i < number; i++) {
    const Field *f = c->plan->fields + writes[i].field;
    uint64_t code = (uint64_t)(c->plan->registers[writes[i].register_] - f->low);
    state[f->word] = (state[f->word] & ~(f->mask << f->shift)) | (code & f->mask) << f->shift;
  }
  c->places[place] = place_of(c, state);
  __builtin_prefetch(c->table + c->places[place] * (uint64_t)words);
  c->fired++;
  if (c->forks) {
    if (!c->branches) {
      c->branches = 1;
      memcpy(c->first, state, 8 * (size_t)words);
    } else if (memcmp(c->first, state, 8 * (size_t)words)) {
      c->branches = 2;
    }
  }
  return DONE;
}

/* Every operation jumps to the next one itself (labels as values), which processors foresee better than one jump. */
static int run(Count *c, int64_t start) {
#define LABEL(name) &&name,
#define GO_ON goto *operations[(++p)->op]
#define COMPUTE(name, value) name: r[p->to] = (value); GO_ON
#define JUMP(name, condition) name: if (condition) p = code + p->c; GO_ON
#define A r[p->a]
#define B r[p->b]
  static const void *const operations[] = {OPERATIONS(LABEL)};
  int64_t *r = c->plan->registers;
  const Line *code = c->plan->code, *p = code + start;
  int status;
  goto *operations[p->op];
  COMPUTE(EQ, A == B);
  COMPUTE(NE, A != B);
  COMPUTE(LT, A < B);
  COMPUTE(LE, A <= B);
  COMPUTE(ADD, (int64_t)((uint64_t)A + (uint64_t)B));
  COMPUTE(SUB, (int64_t)((uint64_t)A - (uint64_t)B));
  COMPUTE(MUL, (int64_t)((uint64_t)A * (uint64_t)B));
  COMPUTE(AND, A & B);
  COMPUTE(OR, A | B);
  COMPUTE(XOR, A ^ B);
  COMPUTE(SHL, B < 64 ? (int64_t)((uint64_t)A << B) : 0);
  COMPUTE(SHR, B < 64 ? (int64_t)((uint64_t)A >> B) : 0);
  COMPUTE(MOVE, A);
  COMPUTE(SELECT, A ? B : r[p->c]);
  COMPUTE(LOAD, r[p->a + B]);
  COMPUTE(LOOK, c->plan->data[p->a + B]);
  JUMP(UNLESS_EQ, A != B);
  JUMP(UNLESS_NE, A == B);
  JUMP(UNLESS_LT, A >= B);
  JUMP(UNLESS_LE, A > B);
  JUMP(IF_ZERO, !A);
  JUMP(IF_NOT_ZERO, A);
CHECK:
  if (A < B || A > r[p->c]) return p->to ? WRONG : UNSURE;
  GO_ON;
NEXT:
  if (c->result->work++ > c->limits->work) return WORK;
  if (r[p->to] < A) {
    r[p->to]++;
    p = code + p->c;
  }
  GO_ON;
EMIT:
  if ((status = emit(c, c->plan->writes + p->a, p->b))) return status;
  GO_ON;
HIT:
  c->result->hits += A != 0;
  GO_ON;
END:
  return DONE;
}

static int look(Count *c) {
  const Plan *plan = c->plan;
  c->fired = 0;
  for (int64_t i = 0; i < plan->field_count; i++) {
    const Field *f = plan->fields + i;
    plan->registers[i] = (int64_t)(c->current[f->word] >> f->shift & f->mask) + f->low;
  }
  for (int64_t i = 0; i < plan->choice_count; i++) {
    int32_t field = plan->choices[i].field;
    const int32_t *index = plan->index + plan->choices[i].base;
    if (field >= 0) index += plan->registers[field] - plan->fields[field].low;
    c->result->work += (uint64_t)(index[1] - index[0]);
    for (int32_t k = index[0]; k < index[1]; k++) {
      c->forks = plan->actions[k].forks;
      c->branches = 0;
      int status = run(c, plan->actions[k].start);
      if (status) return status;
      c->result->hits += c->branches == 2;
    }
  }
  c->result->transitions += c->fired;
  c->forks = 0;
  return c->fired || plan->dead < 0 ? DONE : run(c, plan->dead);
}

static int late(const Limits *limits) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9 > limits->deadline;
}

static int explore(Count *c) {
  uint64_t words = (uint64_t)c->plan->words;
  c->current[0] = BORDER;
  int status = run(c, c->plan->initial);
  for (uint64_t seen = 0; !status; seen++) {
    while (!status && !c->waiting && c->left < c->met) status = settle(c);
    if (status || !c->waiting) return status;
    if (c->result->work > c->limits->work) return WORK;
    if (seen % BLOCK == 0 && late(c->limits)) return TIME;
    memcpy(c->current, c->stack + --c->waiting * words, 8 * words);
    status = look(c);
  }
  return status;
}

/* Return zeroed memory; NULL where there is none. Large pages, where they can be had, save most of the waiting. */
static void *zeroed(uint64_t size) {
  void *found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (found == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
  madvise(found, size, MADV_HUGEPAGE);
#endif
  return found;
}

int recount(const Plan *plan, const Limits *limits, Result *result) {
  uint64_t words = (uint64_t)plan->words, size = 8 * words;
  Count c = {.plan = plan, .limits = limits, .result = result, .room = 1024};
  int status = MEMORY;
  memset(result, 0, sizeof *result);
  c.slots = limits->claimed + limits->claimed / 2 + 64;
  if (limits->claimed < (uint64_t)1 << 56 && size * (c.slots + c.room) <= limits->memory) {
    c.table = zeroed(c.slots * size);
    c.stack = malloc(c.room * size);
    c.ring = calloc(RING + 2, size);
    if (c.table && c.stack && c.ring) {
      c.current = c.ring + RING * words;
      c.first = c.current + words;
      status = explore(&c);
    }
  }
  if (c.table) munmap(c.table, c.slots * size);
  free(c.stack);
  free(c.ring);
  return status;
}
