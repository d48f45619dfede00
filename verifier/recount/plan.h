/* Programs as `flat.py` lays them out, and what whoever runs them says of how that ended.

   A state is some 64-bit words in which every field has its bits. Bit 63 of the first word is never part of a field, and
   is set in each state that stands in a table. */

#include <stdint.h>

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
  int32_t field, base; /* the actions for value v: from number index[base + v] up to, not with, index[base + v + 1] */
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
  int64_t *registers; /* what is in them before the code is run: the constants */
  int64_t field_count, choice_count, words, initial, dead, register_count;
} Plan;

enum { DONE, MORE, WRONG, UNSURE, MEMORY, WORK, TIME, FAILED }; /* a test has FAILED: only within a program */

enum {
  END, EQ, NE, LT, LE, ADD, SUB, MUL, AND, OR, XOR, SHL, SHR, MOVE, SELECT, LOAD, LOOK,
  UNLESS_EQ, UNLESS_NE, UNLESS_LT, UNLESS_LE, CHECK, WHEN, EACH, EMIT, HIT
};

#define BORDER ((uint64_t)1 << 63)

/* Return the place in a table of so many slots where a state is looked for first. */
static inline __attribute__((always_inline)) uint64_t
first_place(const uint64_t *state, uint64_t words, uint64_t slots) {
  uint64_t h = 0;
  for (uint64_t i = 0; i < words; i++) {
    h = (h ^ state[i]) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
  }
  h *= 0xd6e8feb86659fd93u;
  return (uint64_t)(((unsigned __int128)h * slots) >> 64);
}
