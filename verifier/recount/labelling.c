/* Labels the reachable states of a machine, by running straight code over registers.

   States and programs are those of plan.h. A state's place in the table is its number: a set of states has a bit for each
   place. Steps are not kept: they are found anew in each sweep through the states, which goes by turns from the last state
   found to the first and back. */

#define _DEFAULT_SOURCE

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "plan.h"

typedef struct {
  uint64_t claimed, memory, work;
  double deadline;
} Limits;

#define RING 8
#define BLOCK ((uint64_t)1 << 14)
#define AHEAD 8

typedef struct {
  uint64_t states, initial, slots, work; /* `initial`: how many states come first; `work`: what was done so far */
  uint64_t claimed, most, words;
  double deadline;
  uint64_t *table, *ring, *current;
  uint32_t *order;         /* the places of the states, as they were found */
  const uint8_t *goal;     /* the set that is looked for; NULL while the states are found */
  int every;               /* whether it is looked for a step that leads elsewhere */
  uint64_t places[RING], met, left; /* states met and taken out of the ring */
  uint64_t inside, outside, hits;   /* of the state that is looked at: steps into the set and elsewhere */
} Graph;

static int has(const uint8_t *set, uint64_t place) { return set[place >> 3] >> (place & 7) & 1; }

static void add(uint8_t *set, uint64_t place) { set[place >> 3] |= (uint8_t)(1 << (place & 7)); }

/* Take the state that has waited longest out of the ring: number it if it is new, or look whether it is in the set. */
static int settle(Graph *g) {
  uint64_t number = g->left++ % RING, at = g->places[number], size = 8 * g->words;
  const uint64_t *state = g->ring + number * g->words;
  for (;; at = at + 1 == g->slots ? 0 : at + 1) {
    uint64_t *slot = g->table + at * g->words;
    if (!slot[0]) {
      if (g->states == g->claimed) return MORE;
      memcpy(slot, state, size);
      g->order[g->states++] = (uint32_t)at;
      return DONE;
    }
    if (g->words == 1 ? *slot == *state : !memcmp(slot, state, size)) break;
  }
  if (g->goal && has(g->goal, at)) g->inside++;
  else g->outside++;
  return DONE;
}

static int drain(Graph *g) {
  int status = DONE;
  while (!status && g->left < g->met) status = settle(g);
  return status;
}

/* Meet the state that follows from the current one by some writes. */
static int emit(Graph *g, const Plan *plan, const Write *writes, int32_t number) {
  if (g->met - g->left == RING) {
    int status = settle(g);
    if (status) return status;
  }
  uint64_t place = g->met++ % RING, *state = g->ring + place * g->words;
  memcpy(state, g->current, 8 * g->words);
  for (int32_t i = 0; i < number; i++) {
    const Field *f = plan->fields + writes[i].field;
    uint64_t code = (uint64_t)(plan->registers[writes[i].register_] - f->low);
    state[f->word] = (state[f->word] & ~(f->mask << f->shift)) | (code & f->mask) << f->shift;
  }
  g->places[place] = first_place(state, g->words, g->slots);
  __builtin_prefetch(g->table + g->places[place] * g->words);
  return DONE;
}

/* Run a block of code; a test that fails ends it with FAILED. */
static int run(Graph *g, const Plan *plan, const Line *p) {
#define A r[p->a]
#define B r[p->b]
#define COMPUTE(op, value) case op: r[p->to] = (value); break
#define TEST(op, condition) case op: if (!(condition)) return FAILED; break
  int64_t *r = plan->registers;
  int status = DONE;
  for (; !status && p->op != END; p++) {
    switch (p->op) {
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
      COMPUTE(LOOK, plan->data[p->a + B]);
      TEST(UNLESS_EQ, A == B);
      TEST(UNLESS_NE, A != B);
      TEST(UNLESS_LT, A < B);
      TEST(UNLESS_LE, A <= B);
      case CHECK:
        if (A < B || A > r[p->c]) return p->to ? WRONG : UNSURE;
        break;
      case WHEN:
        if ((A != 0) != p->to) status = run(g, plan, p + 1);
        p += p->c;
        break;
      case EACH:
        for (int64_t value = A; value <= B && (!status || status == FAILED); value++) {
          if (g->work++ > g->most) return WORK;
          r[p->to] = value;
          status = run(g, plan, p + 1);
        }
        if (status == FAILED) status = DONE;
        p += p->c;
        break;
      case EMIT:
        status = emit(g, plan, plan->writes + p->a, p->b);
        break;
      case HIT:
        g->hits += A != 0;
        break;
    }
  }
  return status;
}

static int follow(Graph *g, const Plan *plan, int64_t start) {
  int status = run(g, plan, plan->code + start);
  return status == FAILED ? DONE : status;
}

/* Follow the actions of a plan from a state, until it is decided whether what is looked for is there. */
static int look(Graph *g, const Plan *plan, uint64_t place) {
  g->current = g->table + place * g->words;
  g->met = g->left = g->inside = g->outside = g->hits = 0;
  for (int64_t i = 0; i < plan->field_count; i++) {
    const Field *f = plan->fields + i;
    plan->registers[i] = (int64_t)(g->current[f->word] >> f->shift & f->mask) + f->low;
  }
  for (int64_t i = 0; i < plan->choice_count; i++) {
    int32_t field = plan->choices[i].field;
    const int32_t *index = plan->index + plan->choices[i].base;
    if (field >= 0) index += plan->registers[field] - plan->fields[field].low;
    for (int32_t k = index[0]; k < index[1]; k++) {
      g->work++;
      int status = follow(g, plan, plan->actions[k].start);
      if (status) return status;
      if (g->goal && (g->every ? g->outside : g->inside)) return DONE;
    }
  }
  return drain(g);
}

static int is_over(const Graph *g) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if ((double)now.tv_sec + (double)now.tv_nsec / 1e9 > g->deadline) return TIME;
  return g->work > g->most ? WORK : DONE;
}

/* Find all states: `order` is the queue. */
static int explore(Graph *g, const Plan *plan) {
  g->current[0] = BORDER;
  int status = follow(g, plan, plan->initial);
  if (!status) status = drain(g);
  g->initial = g->states;
  for (uint64_t i = 0; !status && i < g->states; i++) {
    if (i % BLOCK == 0 && (status = is_over(g))) break;
    status = look(g, plan, g->order[i]);
  }
  return status;
}

void release(Graph *g) {
  if (!g) return;
  if (g->table) munmap(g->table, 8 * g->words * g->slots);
  free(g->order);
  free(g->ring);
  free(g);
}

/* Return the states that a plan finds, with how that ended in `status`; NULL where there is no memory. */
Graph *explored(const Plan *plan, const Limits *limits, int *status) {
  Graph *g = calloc(1, sizeof *g);
  *status = MEMORY;
  if (!g || limits->claimed >> 31) return g;
  g->claimed = limits->claimed;
  g->most = limits->work;
  g->deadline = limits->deadline;
  g->words = (uint64_t)plan->words;
  g->slots = g->claimed + g->claimed / 2 + 64;
  if (8 * g->words * g->slots + 4 * g->claimed > limits->memory) return g;
  void *table = mmap(NULL, 8 * g->words * g->slots, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g->table = table == MAP_FAILED ? NULL : table;
  g->order = malloc(4 * g->claimed + 4);
  g->ring = calloc(RING + 1, 8 * g->words);
  if (!g->table || !g->order || !g->ring) return g;
#ifdef MADV_HUGEPAGE
  madvise(g->table, 8 * g->words * g->slots, MADV_HUGEPAGE);
#endif
  g->current = g->ring + RING * g->words;
  *status = explore(g, plan);
  return g;
}

/* Add the first so many states to a set. */
void first(const Graph *g, uint64_t count, uint8_t *found) {
  for (uint64_t i = 0; i < count; i++) add(found, g->order[i]);
}

/* Add states of `within` to `found`: those from which some step (`every`: at least one, and each) leads into `goal`; where
   that is `found` itself, again and again until there are no more. No `goal`: those in which the plan hits something. */
int label(Graph *g, const Plan *plan, int every, const uint8_t *goal, const uint8_t *within, uint8_t *found) {
  int status, downwards = 0;
  uint64_t added, looked = 0;
  g->goal = goal;
  g->every = every;
  do {
    added = 0;
    downwards = !downwards;
    for (uint64_t i = 0; i < g->states; i++) {
      uint64_t at = downwards ? g->states - 1 - i : i, place = g->order[at];
      if (!has(within, place) || has(found, place)) continue;
      if (looked++ % BLOCK == 0 && (status = is_over(g))) return status;
      uint64_t soon = downwards ? at - AHEAD : at + AHEAD;
      if (soon < g->states) __builtin_prefetch(g->table + g->order[soon] * g->words);
      if ((status = look(g, plan, place))) return status;
      if (goal ? g->inside && !(every && g->outside) : g->hits) {
        add(found, place);
        added++;
      }
    }
  } while (added && goal == found);
  return DONE;
}
