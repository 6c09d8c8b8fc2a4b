/* Runs a full-screen program in a pty and says what it costs, it and all that it started: CPU to
 * the nanosecond by the processes' own clocks, bytes to the terminal, wake-ups, memory.  Also what
 * it makes others spend: the servers that are named by a word of their command line (-S), or their
 * first threads alone (-T: QEMU answers there, and the guest runs in another), less what they spend
 * without it.
 *
 *     measure [-s ROWSxCOLUMNS] [-w WARM] [-t SECONDS] [-k KEYS] [-r KEYS] [-f TEXT]...
 *             [-S SERVER]... [-T SERVER]... [-e] -- PROGRAM ARG...
 *
 * KEYS are typed once before the window, or (-r) in it, 50 a second, over and over.
 *
 * One line of name=value: cpu_ms and server_ms are per second, as are bytes, bursts (of bytes, with
 * 0.2 s of silence before each: redraws) and wakes; first_ms until the first byte came, found_ms
 * until every TEXT had been on its way to the terminal (-1: never).  With -e a line for each
 * process of the family follows.  noise_ms: by how much the servers' own cost differed before and
 * after; a server_ms no greater than that is none. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/process.h"

#define SEEN_MAX (1 << 20)
#define S_MS 1000
#define TYPE_NS INT64_C(20000000)
#define SILENCE_NS INT64_C(200000000)
#define MS_NS 1000000

struct settings {
    struct winsize size;
    int warm_ms, window_ms;
    const char *keys, *repeated;
    const char *found[PROCESS_WORDS_MAX];
    int found_count;
    struct process_words server[2]; /* whole, and by their first threads */
    bool each;
};

struct terminal {
    int fd;
    pid_t pid;
    int64_t started_ns, first_ns, found_ns;
    size_t bytes;
    int64_t last_ns;     /* when bytes came last */
    int bursts;          /* of bytes, with a silence before each */
    char seen[SEEN_MAX]; /* what came so far, as long as something is looked for */
    size_t seen_len;
    bool over;
};

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

/* ---- the terminal ---- */

static void look_for(struct terminal *terminal, const struct settings *settings)
{
    for (int i = 0; i < settings->found_count; i++)
        if (!memmem(terminal->seen, terminal->seen_len, settings->found[i],
                    strlen(settings->found[i])))
            return;
    terminal->found_ns = now_ns();
}

static void pump(struct terminal *terminal, const struct settings *settings, int64_t until_ns)
{
    for (int64_t left; !terminal->over && (left = until_ns - now_ns()) > 0;) {
        struct pollfd in = {.fd = terminal->fd, .events = POLLIN};
        char bytes[16384];
        if (poll(&in, 1, (int)(left / MS_NS) + 1) <= 0)
            continue;
        ssize_t len = read(terminal->fd, bytes, sizeof bytes);
        if (len <= 0) {
            terminal->over = true;
            return;
        }
        int64_t now = now_ns();
        if (!terminal->first_ns)
            terminal->first_ns = now;
        terminal->bursts += now - terminal->last_ns > SILENCE_NS;
        terminal->last_ns = now;
        terminal->bytes += (size_t)len;
        if (terminal->found_ns || settings->found_count == 0)
            continue;
        if (terminal->seen_len + (size_t)len <= SEEN_MAX) {
            memcpy(terminal->seen + terminal->seen_len, bytes, (size_t)len);
            terminal->seen_len += (size_t)len;
        }
        look_for(terminal, settings);
    }
}

static void start(struct terminal *terminal, const struct settings *settings, char **argv)
{
    terminal->started_ns = now_ns();
    terminal->pid = forkpty(&terminal->fd, NULL, NULL, &settings->size);
    if (terminal->pid < 0)
        process_die("forkpty");
    if (terminal->pid > 0)
        return;
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    execvp(argv[0], argv);
    fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void type_on(struct terminal *terminal, const struct settings *settings, int64_t until_ns)
{
    const char *key = settings->repeated;

    for (int64_t at = now_ns(); key && *key && at < until_ns; at += TYPE_NS) {
        if (write(terminal->fd, key, 1) < 0)
            process_die("keys");
        if (*++key == '\0')
            key = settings->repeated;
        pump(terminal, settings, at + TYPE_NS);
    }
    pump(terminal, settings, until_ns);
}

static void stop(struct terminal *terminal, const struct settings *settings)
{
    int status;
    kill(terminal->pid, SIGTERM);
    pump(terminal, settings, now_ns() + INT64_C(2000) * MS_NS);
    close(terminal->fd);
    kill(terminal->pid, SIGKILL);
    waitpid(terminal->pid, &status, 0);
}

/* ---- the run ---- */

static double ms_since(const struct terminal *terminal, int64_t at_ns)
{
    return at_ns ? (double)(at_ns - terminal->started_ns) / MS_NS : -1;
}

struct servers {
    struct process_table table[2];
};

static void take_servers(struct servers *servers, const struct settings *settings)
{
    *servers = (struct servers){0};
    for (int i = 0; i < 2; i++)
        if (settings->server[i].count)
            process_take_named(&servers->table[i], &settings->server[i]);
}

/* Frees both. */
static double servers_spent_ms(struct servers *before, struct servers *after)
{
    double ret = 0;
    for (int i = 0; i < 2; i++) {
        ret += (double)process_spent(&before->table[i], &after->table[i]).cpu_ns / MS_NS;
        free(before->table[i].at);
        free(after->table[i].at);
    }
    return ret;
}

/* Servers have a life of their own. */
static double idle_ms(const struct settings *settings)
{
    struct servers before, after;
    if (settings->server[0].count + settings->server[1].count == 0)
        return 0;
    take_servers(&before, settings);
    usleep((useconds_t)settings->window_ms * 1000);
    take_servers(&after, settings);
    return servers_spent_ms(&before, &after) * S_MS / settings->window_ms;
}

static void print_each(const struct process_table *before, const struct process_table *after,
                       double seconds)
{
    for (size_t i = 0; i < after->count; i++) {
        const struct process *process = &after->at[i];
        struct process_table one = {.at = &after->at[i], .count = 1};
        struct process_cost its = process_spent(before, &one);
        printf("  %7.2f ms/s %5.1f wakes/s %6ld KiB  %s\n", (double)its.cpu_ns / MS_NS / seconds,
               (double)its.wakes / seconds, process->pss_kib, process->title);
    }
}

static int measure(const struct settings *settings, char **argv)
{
    static struct terminal terminal;
    struct process_table before = {0}, after = {0};
    struct servers servers, later;
    double idle = idle_ms(settings);

    start(&terminal, settings, argv);
    pump(&terminal, settings, now_ns() + (int64_t)settings->warm_ms * MS_NS / 2);
    if (settings->keys && write(terminal.fd, settings->keys, strlen(settings->keys)) < 0)
        process_die("keys");
    pump(&terminal, settings, terminal.started_ns + (int64_t)settings->warm_ms * MS_NS);

    take_servers(&servers, settings);
    process_take_family(&before, terminal.pid);
    size_t bytes = terminal.bytes;
    int bursts = terminal.bursts;
    int64_t from = now_ns();
    type_on(&terminal, settings, from + (int64_t)settings->window_ms * MS_NS);
    process_take_family(&after, terminal.pid);
    double seconds = (double)(now_ns() - from) / MS_NS / S_MS;
    take_servers(&later, settings);
    if (terminal.over) {
        fprintf(stderr, "measure: %s ended by itself\n", argv[0]);
        stop(&terminal, settings);
        return 1;
    }
    struct process_cost cost = process_spent(&before, &after);
    double server = servers_spent_ms(&servers, &later) / seconds;
    long pss = process_describe(&after);
    bytes = terminal.bytes - bytes;
    bursts = terminal.bursts - bursts;
    stop(&terminal, settings);
    double idle_after = idle_ms(settings);
    printf("cpu_ms=%.2f server_ms=%.2f noise_ms=%.2f bytes=%.0f bursts=%.2f wakes=%.1f pss_kib=%ld "
           "processes=%zu first_ms=%.0f found_ms=%.0f\n",
           (double)cost.cpu_ns / MS_NS / seconds, server - (idle + idle_after) / 2,
           fabs(idle - idle_after), (double)bytes / seconds, bursts / seconds,
           (double)cost.wakes / seconds, pss, after.count, ms_since(&terminal, terminal.first_ns),
           ms_since(&terminal, terminal.found_ns));
    if (settings->each)
        print_each(&before, &after, seconds);
    free(before.at);
    free(after.at);
    return 0;
}

int main(int argc, char **argv)
{
    struct settings settings = {.size = {.ws_row = 40, .ws_col = 120},
                                .warm_ms = 6000,
                                .window_ms = 15000,
                                .server[1].main_only = true};
    for (int c; (c = getopt(argc, argv, "+es:w:t:k:r:f:S:T:")) != -1;) {
        if (c == 's' &&
            sscanf(optarg, "%hux%hu", &settings.size.ws_row, &settings.size.ws_col) == 2)
            continue;
        if (c == 'e')
            settings.each = true;
        else if (c == 'w')
            settings.warm_ms = (int)(atof(optarg) * S_MS);
        else if (c == 't')
            settings.window_ms = (int)(atof(optarg) * S_MS);
        else if (c == 'k')
            settings.keys = optarg;
        else if (c == 'r')
            settings.repeated = optarg;
        else if (c == 'f' && settings.found_count < PROCESS_WORDS_MAX)
            settings.found[settings.found_count++] = optarg;
        else if (c == 'S' && settings.server[0].count < PROCESS_WORDS_MAX)
            settings.server[0].word[settings.server[0].count++] = optarg;
        else if (c == 'T' && settings.server[1].count < PROCESS_WORDS_MAX)
            settings.server[1].word[settings.server[1].count++] = optarg;
        else
            return 2;
    }
    if (optind >= argc) {
        fprintf(stderr, "measure: what is to be run?\n");
        return 2;
    }
    return measure(&settings, argv + optind);
}
