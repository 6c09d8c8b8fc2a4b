/* Types random keys into a full-screen program and watches what its processes hold: memory,
 * descriptors, threads.  Ends with a table, and with status 1 when the median of the second half of
 * the time is above that of the first by more than a little.
 *
 *     monkey [-t SECONDS] [-p SECONDS A SAMPLE] [-w WARM] [-g GROWTH] [-f FILES]
 *            [-n GUESTS] [-e EVENTS] [-r KEYS] [-s SEED] -- PROGRAM ARG...
 *
 * Before each sample it goes back to where it began (Escape, 1, KEYS; a frozen display, which is a
 * copy of all, goes on), so that like is held against like.  Memory is what the processes have of
 * their own: their share of a library's pages changes with what others do.
 *
 * GROWTH: percent of memory by which the second half may be above the first; 3.  FILES: the same
 * for descriptors, by number, for those of guests that come and go by chance; 4.  GUESTS: so many
 * have an hour of history that fills meanwhile (model/history.h), and so many EVENTS a minute come
 * into the log (model/event.h); what those may take is allowed, and said.  It types nothing that
 * ends or suspends the program, but may get there by way of a menu: then the program is started
 * again, and said so.  What it types acts on whatever is selected: give the program --readonly. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/process.h"
#include "model/history.h"
#include "screen/driver.h"

#define SAMPLES_MAX 100000
#define KEY_MS 30
#define SETTLE_MS 1200
#define LOG_ODDS 60      /* one key of so many opens a log and closes it */
#define RESIZE_ODDS 80   /* one of so many is another size of the terminal */
#define MEMORY_SLACK 512 /* KiB: what an allocator keeps or not */
#define EVENT_BYTES 512  /* of one in the log, at most on average */
#define ENDS_MAX 20

enum figure {
    MEMORY,
    FILES,
    THREADS,
    PROCESSES,
    FIGURES
};

struct settings {
    int seconds, warm_s, period_s, growth, files, guests, events;
    const char *rest;
    const char *const *argv;
};

struct run {
    struct screen *screen;
    long (*sample)[FIGURES];
    long *at_s; /* of each sample, since the start */
    size_t count;
    int ends;
    long keys;
};

static const char *const names[] = {
    [MEMORY] = "own memory, KiB",
    [FILES] = "descriptors",
    [THREADS] = "threads",
    [PROCESSES] = "processes",
};

static const char *const keys[] = {
    "j",      "k",       "j",       "k",  "g",    "G",         "\033[A",   "\033[B",   "\033[C",
    "\033[D", "\033[5~", "\033[6~", "\t", "\t",   "!",         "e",        " ",        "*",
    "U",      "P",       "M",       "T",  "<",    ">",         "I",        "/",        "web",
    "\r",     "\033",    "\033",    "1",  "3",    "4",         "5",        "H",        "n",
    "N",      "F",       "z",       "Z",  "m",    "?",         ":",        "+",        "-",
    "]",      "[",       "i",       "o",  "\014", "\033OQ",    "\033[15~", "\033[17~", "cpu>10",
    "mem",    "state=",  "\177",    "%",  "x",    "\033[201~",
};

static void start(struct run *run, const struct settings *settings)
{
    const char *env[] = {NULL};
    run->screen = screen_start_program(40, 120, settings->argv, env);
    screen_pump(run->screen, SETTLE_MS);
}

/* Whether it still runs, or does again. */
static void keep_running(struct run *run, const struct settings *settings)
{
    int status = screen_exit(run->screen, 0);
    if (status == -1)
        return;
    printf("it ended with status %d after %ld keys: started again\n", status, run->keys);
    if (status != 0 || ++run->ends > ENDS_MAX) {
        fputs(screen_text(run->screen), stderr);
        exit(1);
    }
    screen_free(run->screen);
    start(run, settings);
}

static bool has_role(pid_t root, const char *role)
{
    struct process_table family = {0};
    bool ret = false;
    process_take_family(&family, root);
    process_describe(&family);
    for (size_t i = 0; i < family.count; i++)
        ret |= strstr(family.at[i].title, role) != NULL;
    free(family.at);
    return ret;
}

static void visit_log(struct run *run)
{
    screen_send(run->screen, "\033\033");
    screen_pump(run->screen, SETTLE_MS);
    screen_send(run->screen, "1l");
    screen_pump(run->screen, SETTLE_MS);
    if (has_role(screen_pid(run->screen), "--role=log"))
        screen_send(run->screen, "q");
    screen_pump(run->screen, SETTLE_MS / 2);
}

static void press(struct run *run)
{
    if (rand() % LOG_ODDS == 0)
        visit_log(run);
    else if (rand() % RESIZE_ODDS == 0)
        screen_resize(run->screen, 10 + rand() % 60, 40 + rand() % 180);
    else
        screen_send(run->screen, keys[(size_t)rand() % (sizeof keys / sizeof keys[0])]);
    run->keys++;
    screen_pump(run->screen, KEY_MS);
}

static void settle(struct run *run, const char *rest)
{
    for (int i = 0; i < 6; i++) {
        screen_send(run->screen, "\033");
        screen_pump(run->screen, 150);
    }
    screen_resize(run->screen, 40, 120);
    screen_send(run->screen, "1");
    screen_send(run->screen, rest);
    if (screen_find(run->screen, " FROZEN ") >= 0)
        screen_send(run->screen, "Z");
    screen_pump(run->screen, SETTLE_MS);
}

static void take_sample(struct run *run, long at_s)
{
    struct process_table family = {0};
    process_take_family(&family, screen_pid(run->screen));
    run->at_s[run->count] = at_s;
    long *figure = run->sample[run->count++];
    process_describe(&family);
    figure[PROCESSES] = (long)family.count;
    for (size_t i = 0; i < family.count; i++) {
        figure[MEMORY] += family.at[i].own_kib;
        figure[FILES] += family.at[i].files;
        figure[THREADS] += family.at[i].threads;
    }
    free(family.at);
}

static int by_size(const void *a, const void *b)
{
    long left = *(const long *)a, right = *(const long *)b;
    return (left > right) - (left < right);
}

static long median(const struct run *run, enum figure figure, size_t from, size_t to)
{
    long *sorted = calloc(to - from, sizeof *sorted);
    if (!sorted)
        process_die("memory");
    for (size_t i = from; i < to; i++)
        sorted[i - from] = run->sample[i][figure];
    qsort(sorted, to - from, sizeof *sorted, by_size);
    long ret = sorted[(to - from) / 2];
    free(sorted);
    return ret;
}

/* How many bytes of a guest's coarse history are filled AT_S after the start.  Its fine one, 300
 * refreshes, is full or nearly so when the first half is half over. */
static long history_filled(long at_s)
{
    long points = at_s / (long)(HISTORY_COARSE_NS / 1000000000);
    long size = (long)(sizeof(uint32_t) + HISTORY_SLOTS * 2 * sizeof(uint16_t));
    return (points < HISTORY_COARSE ? points : HISTORY_COARSE) * size;
}

/* KiB by which history may have filled from the middle of the first half to that of the second.
 * Threefold: it grows by doubling, and all the blocks that were outgrown may stay with the
 * allocator; they add up to twice what is filled. */
static long history_may(const struct run *run, const struct settings *settings)
{
    long from = run->at_s[run->count / 4], to = run->at_s[run->count * 3 / 4];
    return 3 * settings->guests * (history_filled(to) - history_filled(from)) / 1024;
}

/* The same of the log of events. */
static long log_may(const struct run *run, const struct settings *settings)
{
    long seconds = run->at_s[run->count * 3 / 4] - run->at_s[run->count / 4];
    return settings->events * seconds / 60 * EVENT_BYTES / 1024;
}

static int judge(const struct run *run, const struct settings *settings)
{
    int grew = 0;
    long history = history_may(run, settings), log = log_may(run, settings);
    printf("%ld keys, %zu samples\n%-22s %10s %10s %10s %10s\n", run->keys, run->count, "",
           "first half", "second", "least", "most");
    for (int i = 0; i < FIGURES; i++) {
        long first = median(run, i, 0, run->count / 2);
        long second = median(run, i, run->count / 2, run->count);
        long least = first, most = first;
        for (size_t j = 0; j < run->count; j++) {
            least = run->sample[j][i] < least ? run->sample[j][i] : least;
            most = run->sample[j][i] > most ? run->sample[j][i] : most;
        }
        long may = i == MEMORY  ? first * settings->growth / 100 + MEMORY_SLACK + history + log
                   : i == FILES ? settings->files
                                : 1;
        printf("%-22s %10ld %10ld %10ld %10ld  %s\n", names[i], first, second, least, most,
               second > first + may ? "GREW" : "flat");
        grew += second > first + may;
        if (i == MEMORY)
            printf("%-22s %10s %10ld of that %ld for history and %ld for events that fill\n",
                   "  may be above by", "", may, history, log);
    }
    return grew > 0;
}

static int soak(const struct settings *settings)
{
    struct run run = {.sample = calloc(SAMPLES_MAX, sizeof *run.sample),
                      .at_s = calloc(SAMPLES_MAX, sizeof *run.at_s)};
    if (!run.sample || !run.at_s)
        process_die("memory");
    start(&run, settings);
    long long begun = screen_now_ms();
    long long next = begun + settings->warm_s * 1000LL, end = next + settings->seconds * 1000LL;
    while (screen_now_ms() < end && run.count < SAMPLES_MAX) {
        press(&run);
        keep_running(&run, settings);
        if (screen_now_ms() < next)
            continue;
        settle(&run, settings->rest);
        keep_running(&run, settings);
        take_sample(&run, (long)(screen_now_ms() - begun) / 1000);
        const long *now = run.sample[run.count - 1];
        printf("%6lds %8ld KiB %5ld descriptors %4ld threads %3ld processes\n",
               run.at_s[run.count - 1], now[MEMORY], now[FILES], now[THREADS], now[PROCESSES]);
        fflush(stdout);
        next = screen_now_ms() + settings->period_s * 1000LL;
    }
    int status = run.count < 4 ? 2 : judge(&run, settings);
    screen_free(run.screen);
    free(run.sample);
    free(run.at_s);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = {
        .seconds = 60, .warm_s = 10, .period_s = 5, .growth = 3, .files = 4, .rest = ""};
    unsigned seed = (unsigned)time(NULL);
    for (int c; (c = getopt(argc, argv, "+t:p:w:g:f:n:e:r:s:")) != -1;) {
        if (c == 't')
            settings.seconds = atoi(optarg);
        else if (c == 'p')
            settings.period_s = atoi(optarg);
        else if (c == 'w')
            settings.warm_s = atoi(optarg);
        else if (c == 'g')
            settings.growth = atoi(optarg);
        else if (c == 'f')
            settings.files = atoi(optarg);
        else if (c == 'n')
            settings.guests = atoi(optarg);
        else if (c == 'e')
            settings.events = atoi(optarg);
        else if (c == 'r')
            settings.rest = optarg;
        else if (c == 's')
            seed = (unsigned)atoi(optarg);
        else
            return 2;
    }
    if (optind >= argc)
        return 2;
    settings.argv = (const char *const *)(argv + optind);
    srand(seed);
    printf("seed %u\n", seed);
    return soak(&settings);
}
