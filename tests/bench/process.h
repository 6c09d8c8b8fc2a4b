/* Processes of others, read from /proc: a family, or all whose command line holds a word; what they
 * have spent and what they hold. */
#ifndef VCTOP_TESTS_BENCH_PROCESS_H
#define VCTOP_TESTS_BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_WORDS_MAX 8

struct process {
    pid_t pid, parent;
    bool counts;    /* it is one of those that were asked for */
    bool main_only; /* its first thread alone */
    char title[64];
    long pss_kib, files, threads; /* by process_describe */
    long own_kib;                 /* the same: of PSS what is of no file */
    int64_t cpu_ns; /* with that of the children that it has waited for, in ticks of 10 ms */
    long wakes;
};

/* Zeroed to begin with; the owner frees AT. */
struct process_table {
    struct process *at;
    size_t count, capacity;
};

struct process_cost {
    int64_t cpu_ns;
    long wakes;
};

/* Ends the program with status 2, for errno's reason. */
_Noreturn void process_die(const char *what);

/* ROOT and all that descend from it. */
void process_take_family(struct process_table *table, pid_t root);
struct process_words {
    const char *word[PROCESS_WORDS_MAX];
    int count;
    bool main_only;
};

/* Adds to an empty TABLE all of this pid namespace whose command line holds one of WORDS, but for
 * the caller. */
void process_take_named(struct process_table *table, const struct process_words *words);

/* What can only be asked while they live: titles, memory, descriptors, threads.  Returns the PSS of
 * all, in KiB. */
long process_describe(struct process_table *table);

/* What the processes of BEFORE, and those that have joined since, have spent until AFTER. */
struct process_cost process_spent(const struct process_table *before,
                                  const struct process_table *after);

#endif
