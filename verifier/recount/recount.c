/* Counts the reachable states of a machine and looks for what is wanted, by running straight code over registers.

   States and programs are those of plan.h. The table is made for as many states as are claimed, and never grows: one
   state more, and the claim is wrong. Found states wait in a ring until what they need of the table has come.

   Some states are looked at together, each in a lane of its own: a register is a column with a number for each lane, and
   a line of code is run for all lanes that have come to it before the next line is (Boncz, Zukowski, Nes: MonetDB/X100:
   hyper-pipelining query execution, CIDR 2005). So what it takes to read a line is shared.

   Threads share the table: a state belongs to whoever has put its first word there. Each has a stack of its own, and gives
   states away when another has none. What is counted depends on no order: an error that may be none, another reason why
   the step is not made, leaves the step out and is remembered to the end, for what is surely wrong to come first. */

#define _DEFAULT_SOURCE

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "plan.h"

typedef struct {
  uint64_t claimed, memory, work;
  double deadline;
  uint64_t threads;
} Limits;

typedef struct {
  uint64_t states, transitions, hits, work;
} Result;

#define RING 64
#define LANES 128
#define BUSY 1u                    /* the first word of a state whose others are being written */
#define COLUMNS ((int64_t)1 << 24) /* the most bytes of all columns, unless one lane takes more */
#define GIFT 8192                  /* the most states that are given away at a time */
#define SHARE 256                  /* so many new states may be met before the next are asked for */
#define MANY (1 << 16)             /* from so many states on threads share the work */
#define THREADS 16

typedef uint8_t Lane;

typedef struct {
  const Plan *plan;
  const Limits *limits;
  uint64_t *table, *gift;
  uint64_t slots;
  pthread_mutex_t lock;
  pthread_cond_t change;
  int threads, given;            /* states in `gift` */
  _Atomic int hungry, halt;      /* threads without a state; what ends the count early */
  _Atomic uint64_t promised, stacked, work; /* how many states may be met; for how many stacks have room */
} Shared;

typedef struct {
  Shared *all;
  const Plan *plan;
  uint64_t *stack, *ring, *current, *after, *first;
  int64_t *columns, lanes;
  uint64_t waiting, room;        /* states on the stack, and for how many there is memory */
  uint64_t places[RING], met, left; /* states met and taken out of the ring */
  uint64_t states, transitions, hits, work, allowance;
  uint32_t fired[LANES];         /* whether the state in a lane has a step */
  uint32_t branches[LANES];      /* different outcomes there of the action that is run, at most 2 */
  int forks, unsure;
} Count;

#define INLINE static inline __attribute__((always_inline))

INLINE void copy(uint64_t *to, const uint64_t *from, int64_t words) {
  for (int64_t i = 0; i < words; i++) to[i] = from[i];
}

INLINE int differ(const uint64_t *a, const uint64_t *b, int64_t words) {
  uint64_t found = 0;
  for (int64_t i = 0; i < words; i++) found |= a[i] ^ b[i];
  return found != 0;
}

static int enlarge(Count *c, uint64_t room) {
  uint64_t size = 8 * (uint64_t)c->plan->words, *more;
  uint64_t rooms = atomic_fetch_add(&c->all->stacked, room - c->room) + room - c->room;
  if (size * (rooms + c->all->slots) > c->all->limits->memory || !(more = realloc(c->stack, room * size))) return MEMORY;
  c->stack = more;
  c->room = room;
  return DONE;
}

INLINE int push(Count *c, const uint64_t *state, int64_t words) {
  if (c->waiting == c->room && enlarge(c, 2 * c->room)) return MEMORY;
  copy(c->stack + c->waiting++ * (uint64_t)words, state, words);
  return DONE;
}

/* A state is new: count it, and put it on the stack. */
INLINE int keep(Count *c, const uint64_t *state, int64_t words) {
  if (!c->allowance) {
    c->allowance = SHARE;
    if (atomic_fetch_add(&c->all->promised, SHARE) > c->all->limits->claimed + SHARE * THREADS) return MORE;
  }
  c->allowance--;
  c->states++;
  return push(c, state, words);
}

/* Take the state that has waited longest out of the ring; if it is new, put it into the table and keep it. */
INLINE int settle(Count *c, int64_t words) {
  Shared *all = c->all;
  uint64_t number = c->left++ % RING, at = c->places[number];
  const uint64_t *state = c->ring + number * (uint64_t)words;
  for (;; at = at + 1 == all->slots ? 0 : at + 1) {
    uint64_t *slot = all->table + at * (uint64_t)words, there = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    uint64_t mine = words == 1 ? *state : BUSY;
    if (!there && __atomic_compare_exchange_n(slot, &there, mine, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
      copy(slot + 1, state + 1, words - 1);
      if (words > 1) __atomic_store_n(slot, *state, __ATOMIC_RELEASE);
      return keep(c, state, words);
    }
    while (there == BUSY) there = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (there == *state && !differ(slot + 1, state + 1, words - 1)) return DONE;
  }
}

INLINE int meet(Count *c, const uint64_t *state, int64_t words) {
  int status = c->met - c->left == RING ? settle(c, words) : DONE;
  uint64_t number = c->met++ % RING;
  copy(c->ring + number * (uint64_t)words, state, words);
  c->places[number] = first_place(state, (uint64_t)words, c->all->slots);
  __builtin_prefetch(c->all->table + c->places[number] * (uint64_t)words);
  return status;
}

static void compare(Count *c, Lane lane, const uint64_t *state) {
  uint64_t *first = c->first + lane * c->plan->words;
  if (!c->branches[lane]) {
    c->branches[lane] = 1;
    copy(first, state, c->plan->words);
  } else if (differ(first, state, c->plan->words)) {
    c->branches[lane] = 2;
  }
}

static int64_t *column(const Count *c, int64_t number) { return c->columns + number * c->lanes; }

/* Meet the states that follow from the current ones by some writes. */
INLINE int emit_wide(Count *c, const Write *writes, int32_t number, const Lane *lanes, int n, int64_t words) {
  int status = DONE;
  for (int k = 0; k < n; k++) copy(c->after + k * words, c->current + lanes[k] * words, words);
  for (int32_t i = 0; i < number; i++) {
    const Field f = c->plan->fields[writes[i].field];
    const int64_t *codes = column(c, writes[i].register_);
    uint64_t *word = c->after + f.word, kept = ~(f.mask << f.shift);
    for (int k = 0; k < n; k++, word += words)
      *word = (*word & kept) | ((uint64_t)(codes[lanes[k]] - f.low) & f.mask) << f.shift;
  }
  for (int k = 0; k < n && !status; k++) {
    c->fired[lanes[k]] = 1;
    if (c->forks) compare(c, lanes[k], c->after + k * words);
    status = meet(c, c->after + k * words, words);
  }
  c->transitions += (uint64_t)n;
  return status;
}

static int emit(Count *c, const Write *writes, int32_t number, const Lane *lanes, int n) {
  int64_t words = c->plan->words;
  return words == 1 ? emit_wide(c, writes, number, lanes, n, 1) : emit_wide(c, writes, number, lanes, n, words);
}

/* Run a block of code in the lanes; those that fail a test are taken out. */
static int run(Count *c, const Line *p, Lane *lanes, int *number) {
#define EVERY(text) for (int k = 0; k < n; k++) { Lane l = lanes[k]; text; }
#define A a[l]
#define B b[l]
#define COMPUTE(name, value) \
  case name: { \
    const int64_t *a = column(c, p->a), *b = column(c, p->b); \
    int64_t *to = column(c, p->to); \
    (void)a, (void)b; \
    EVERY(to[l] = (value)) \
    break; \
  }
#define TEST(name, condition) \
  case name: { \
    const int64_t *a = column(c, p->a), *b = column(c, p->b); \
    int left = 0; \
    EVERY(lanes[left] = l; left += (condition)) \
    n = left; \
    break; \
  }
  int n = *number, status = DONE;
  for (; n && !status && p->op != END; p++) switch (p->op) {
    COMPUTE(EQ, A == B)
    COMPUTE(NE, A != B)
    COMPUTE(LT, A < B)
    COMPUTE(LE, A <= B)
    COMPUTE(ADD, (int64_t)((uint64_t)A + (uint64_t)B))
    COMPUTE(SUB, (int64_t)((uint64_t)A - (uint64_t)B))
    COMPUTE(MUL, (int64_t)((uint64_t)A * (uint64_t)B))
    COMPUTE(AND, A & B)
    COMPUTE(OR, A | B)
    COMPUTE(XOR, A ^ B)
    COMPUTE(SHL, B < 64 ? (int64_t)((uint64_t)A << B) : 0)
    COMPUTE(SHR, B < 64 ? (int64_t)((uint64_t)A >> B) : 0)
    COMPUTE(MOVE, A)
    COMPUTE(SELECT, A ? B : column(c, p->c)[l])
    COMPUTE(LOAD, column(c, p->a + B)[l])
    COMPUTE(LOOK, c->plan->data[p->a + B])
    TEST(UNLESS_EQ, A == B)
    TEST(UNLESS_NE, A != B)
    TEST(UNLESS_LT, A < B)
    TEST(UNLESS_LE, A <= B)
  case CHECK: {
    const int64_t *a = column(c, p->a), *b = column(c, p->b), *most = column(c, p->c);
    int left = 0;
    EVERY(lanes[left] = l; left += A >= B && A <= most[l])
    if (left < n && p->to) return WRONG;
    c->unsure |= left < n;
    n = left;
    break;
  }
  case WHEN: {
    const int64_t *a = column(c, p->a);
    Lane inside[LANES];
    int in = 0, out = 0;
    EVERY(if ((A != 0) != p->to) inside[in++] = l; else lanes[out++] = l)
    status = run(c, p + 1, inside, &in);
    memcpy(lanes + out, inside, (size_t)in);
    n = out + in;
    p += p->c;
    break;
  }
  case EACH: {
    int64_t *to = column(c, p->to), high = *column(c, p->b);
    Lane inside[LANES];
    for (int64_t value = *column(c, p->a); value <= high && !status; value++) {
      int in = n;
      if ((c->work += (uint64_t)n) > c->all->limits->work) return WORK;
      EVERY(to[l] = value; inside[k] = l)
      status = run(c, p + 1, inside, &in);
    }
    p += p->c;
    break;
  }
  case EMIT:
    status = emit(c, c->plan->writes + p->a, p->b, lanes, n);
    break;
  case HIT: {
    const int64_t *a = column(c, p->a);
    EVERY(c->hits += A != 0)
    break;
  }
  }
  *number = n;
  return status;
}

/* Run, in lanes in which they can pass, the actions that an entry of the index names. */
static int act(Count *c, const int32_t *entry, const Lane *lanes, int n) {
  int status = DONE;
  c->work += (uint64_t)(entry[1] - entry[0]) * (uint64_t)n;
  for (int32_t i = entry[0]; i < entry[1] && !status; i++) {
    Lane mine[LANES];
    int left = n;
    memcpy(mine, lanes, (size_t)n);
    c->forks = c->plan->actions[i].forks;
    if (c->forks) memset(c->branches, 0, sizeof c->branches);
    status = run(c, c->plan->code + c->plan->actions[i].start, mine, &left);
    for (int k = 0; c->forks && k < n; k++) c->hits += c->branches[lanes[k]] == 2;
  }
  c->forks = 0;
  return status;
}

/* Run the actions in the lanes for whose value of the choice's field they are. */
static int choose(Count *c, const Choice *choice, int n) {
  const int32_t *index = c->plan->index + choice->base;
  const Field *f = c->plan->fields + choice->field;
  Lane lanes[LANES], same[LANES];
  int status = DONE;
  for (int k = 0; k < n; k++) lanes[k] = (Lane)k;
  if (choice->field < 0) return act(c, index, lanes, n);
  for (const int64_t *a = column(c, choice->field); n && !status;) {
    int64_t value = a[lanes[0]];
    int equal = 0, left = 0;
    for (int k = 0; k < n; k++) {
      Lane l = lanes[k];
      same[equal] = lanes[left] = l;
      equal += a[l] == value;
      left += a[l] != value;
    }
    n = left;
    status = act(c, index + (value - f->low), same, equal);
  }
  return status;
}

/* Look at n states. */
static int look(Count *c, int n) {
  const Plan *plan = c->plan;
  Lane dead[LANES];
  int status = DONE, stuck = 0;
  memset(c->fired, 0, sizeof c->fired);
  for (int64_t i = 0; i < plan->field_count; i++) {
    const Field f = plan->fields[i];
    const uint64_t *word = c->current + f.word;
    int64_t *to = column(c, i);
    for (int k = 0; k < n; k++, word += plan->words) to[k] = (int64_t)(*word >> f.shift & f.mask) + f.low;
  }
  for (int64_t i = 0; i < plan->choice_count && !status; i++) status = choose(c, plan->choices + i, n);
  for (int k = 0; k < n; k++) if (!c->fired[k]) dead[stuck++] = (Lane)k;
  return status || plan->dead < 0 ? status : run(c, plan->code + plan->dead, dead, &stuck);
}

static int late(const Limits *limits) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9 > limits->deadline;
}

/* Give states to a thread that has none. */
static void give(Count *c) {
  Shared *all = c->all;
  uint64_t words = (uint64_t)c->plan->words, n = c->waiting / 2 < GIFT ? c->waiting / 2 : GIFT;
  pthread_mutex_lock(&all->lock);
  if (!all->given) {
    c->waiting -= n;
    all->given = (int)n;
    memcpy(all->gift, c->stack + c->waiting * words, 8 * words * n);
    pthread_cond_signal(&all->change);
  }
  pthread_mutex_unlock(&all->lock);
}

/* Wait for states; return how many there are: 0 once no thread has any, or the count is at its end. */
static int receive(Count *c) {
  Shared *all = c->all;
  pthread_mutex_lock(&all->lock);
  if (++all->hungry == all->threads) pthread_cond_broadcast(&all->change);
  while (!all->given && all->hungry < all->threads && !all->halt) pthread_cond_wait(&all->change, &all->lock);
  int n = all->halt ? 0 : all->given;
  if (n) {
    all->hungry--;
    all->given = 0;
    memcpy(c->stack, all->gift, 8 * (size_t)c->plan->words * (size_t)n);
  }
  pthread_mutex_unlock(&all->lock);
  c->waiting = (uint64_t)n;
  return n;
}

/* Look at states until none is left; what they lead to is settled when there is nothing else to do, at the latest. */
static int explore(Count *c) {
  Shared *all = c->all;
  uint64_t words = (uint64_t)c->plan->words, n, lanes = (uint64_t)c->lanes;
  for (int status = DONE;;) {
    while (!status && c->waiting < lanes && c->left < c->met) status = settle(c, (int64_t)words);
    if (status || all->halt || (!c->waiting && !receive(c))) return status;
    if (all->hungry && c->waiting > lanes) give(c);
    n = c->waiting < lanes ? c->waiting : lanes;
    c->waiting -= n;
    memcpy(c->current, c->stack + c->waiting * words, 8 * words * n);
    if ((status = look(c, (int)n))) return status;
    if (atomic_fetch_add(&all->work, c->work) + c->work > all->limits->work) return WORK;
    c->work = 0;
    if (late(all->limits)) return TIME;
  }
}

static void *work(void *given) {
  Count *c = given;
  int none = 0, status = explore(c);
  if (!status) return NULL;
  atomic_compare_exchange_strong(&c->all->halt, &none, status);
  pthread_mutex_lock(&c->all->lock);
  pthread_cond_broadcast(&c->all->change);
  pthread_mutex_unlock(&c->all->lock);
  return NULL;
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

/* Get a thread's memory ready: the columns, with the constants in them, for as many lanes as is good, and the rest. */
static int is_ready(Count *c, Shared *all) {
  const Plan *plan = all->plan;
  uint64_t words = (uint64_t)plan->words;
  c->all = all;
  c->plan = plan;
  for (c->lanes = LANES; c->lanes > 1 && 8 * c->lanes * plan->register_count > COLUMNS;) c->lanes /= 2;
  c->columns = malloc(8 * (size_t)(c->lanes * plan->register_count + 1));
  c->ring = calloc(RING + 3 * LANES, 8 * words);
  if (!c->columns || !c->ring || enlarge(c, GIFT)) return 0;
  c->current = c->ring + RING * words;
  c->after = c->current + LANES * words;
  c->first = c->after + LANES * words;
  for (int64_t i = 0; i < plan->register_count; i++)
    for (int64_t k = 0; k < c->lanes; k++) column(c, i)[k] = plan->registers[i];
  return 1;
}

/* Count from the initial states, which the first thread finds. */
static void count(Shared *all, Count *counts, int threads) {
  pthread_t thread[THREADS];
  int one = 1;
  counts->current[0] = BORDER;
  all->halt = run(counts, all->plan->code + all->plan->initial, (Lane[]){0}, &one);
  counts->transitions = 0;
  pthread_mutex_lock(&all->lock);
  for (all->threads = 1; all->threads < threads; all->threads++)
    if (pthread_create(&thread[all->threads], NULL, work, &counts[all->threads])) break;
  pthread_mutex_unlock(&all->lock);
  work(counts);
  for (int i = 1; i < all->threads; i++) pthread_join(thread[i], NULL);
}

static int counted(Shared *all, Result *result) {
  int threads = all->limits->claimed < MANY || !all->limits->threads ? 1 : (int)all->limits->threads, unsure = 0, ready = 0;
  Count *counts = calloc(THREADS, sizeof(Count));
  if (threads > THREADS) threads = THREADS;
  while (counts && ready < threads && is_ready(&counts[ready], all)) ready++;
  if (ready) count(all, counts, ready);
  for (int i = 0; counts && i < threads; i++) {
    Count *c = &counts[i];
    result->states += c->states;
    result->transitions += c->transitions;
    result->hits += c->hits;
    unsure |= c->unsure;
    free(c->columns);
    free(c->ring);
    free(c->stack);
  }
  free(counts);
  result->work = all->work;
  if (!ready) return MEMORY;
  return all->halt ? all->halt : result->states > all->limits->claimed ? MORE : unsure ? UNSURE : DONE;
}

int recount(const Plan *plan, const Limits *limits, Result *result) {
  uint64_t size = 8 * (uint64_t)plan->words, claimed = limits->claimed;
  Shared all = {.plan = plan, .limits = limits, .slots = claimed + claimed / 2 + 4 * SHARE * THREADS};
  int status = MEMORY;
  memset(result, 0, sizeof *result);
  if (claimed >= (uint64_t)1 << 56 || size * (all.slots + GIFT) > limits->memory) return MEMORY;
  all.table = zeroed(all.slots * size);
  all.gift = malloc(GIFT * size);
  pthread_mutex_init(&all.lock, NULL);
  pthread_cond_init(&all.change, NULL);
  if (all.table && all.gift) status = counted(&all, result);
  pthread_mutex_destroy(&all.lock);
  pthread_cond_destroy(&all.change);
  if (all.table) munmap(all.table, all.slots * size);
  free(all.gift);
  return status;
}
