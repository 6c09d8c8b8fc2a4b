/* Runs a full-screen program in a pty and says what it costs, it and all that it started: CPU to
 * the nanosecond by the processes' own clocks, bytes to the terminal, wake-ups, memory.  Also what
 * it makes others spend: the servers that are named by a word of their command line, less what they
 * spend without it.
 *
 *     measure [-s ROWSxCOLUMNS] [-w WARM] [-t SECONDS] [-k KEYS] [-r KEYS] [-f TEXT]...
 *             [-S SERVER]... [-e] -- PROGRAM ARG...
 *
 * KEYS are typed once before the window, or (-r) 50 times a second in it.
 *
 * One line of name=value: cpu_ms and server_ms are per second, as are bytes, bursts (of bytes, with
 * 0.2 s of silence before each: redraws) and wakes; first_ms until the first byte came, found_ms
 * until every TEXT had been on its way to the terminal (-1: never).  With -e a line for each
 * process of the family follows.  noise_ms: by how much the servers' own cost differed before and
 * after; a server_ms no greater than that is none. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define WORDS_MAX 8
#define SEEN_MAX (1 << 20)
#define S_MS 1000
#define TYPE_NS INT64_C(20000000)
#define SILENCE_NS INT64_C(200000000)
#define MS_NS 1000000

struct settings {
    struct winsize size;
    int warm_ms, window_ms;
    const char *keys, *repeated;
    const char *found[WORDS_MAX], *server[WORDS_MAX];
    int found_count, server_count;
    bool each;
};

struct process {
    pid_t pid, parent;
    bool counts;
    char title[64];
    long pss_kib;
    int64_t cpu_ns; /* with that of the children that it has waited for, in ticks of 10 ms */
    long wakes;
};

struct table {
    struct process *at;
    size_t count, capacity;
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

static void die(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

/* ---- processes ---- */

static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

/* Linux's encoding of "all threads of that process"; -1 when it is gone. */
static int64_t cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec at;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &at) != 0)
        return -1;
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static int64_t children_of(pid_t pid)
{
    char text[1024];
    unsigned long long user, system;
    read_proc(pid, "stat", text, sizeof text);
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %llu %llu",
                        &user, &system) != 2)
        return 0;
    return (int64_t)(user + system) * (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
}

static long number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? atol(at + strlen(name)) : 0;
}

static void list_processes(struct table *table)
{
    DIR *dir = opendir("/proc");
    if (!dir)
        die("/proc");
    table->count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char text[4096];
        pid_t pid = (pid_t)atol(entry->d_name);
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !read_proc(pid, "status", text, sizeof text))
            continue;
        if (table->count == table->capacity) {
            table->capacity = table->capacity ? 2 * table->capacity : 1024;
            table->at = realloc(table->at, table->capacity * sizeof *table->at);
            if (!table->at)
                die("memory");
        }
        table->at[table->count++] = (struct process){
            .pid = pid,
            .parent = (pid_t)number_after(text, "\nPPid:"),
            .wakes = number_after(text, "\nvoluntary_ctxt_switches:"),
        };
    }
    closedir(dir);
}

/* A child comes after its parent in /proc but for wrapped pids: until nothing is added. */
static void mark_family(struct table *table, pid_t root)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < table->count; i++) {
            struct process *process = &table->at[i];
            bool in = process->pid == root;
            for (size_t j = 0; !in && !process->counts && j < table->count; j++)
                in = table->at[j].counts && table->at[j].pid == process->parent;
            more |= in && !process->counts;
            process->counts |= in;
        }
    }
}

static void mark_servers(struct table *table, const struct settings *settings)
{
    for (size_t i = 0; i < table->count; i++) {
        char text[4096];
        size_t len = read_proc(table->at[i].pid, "cmdline", text, sizeof text);
        for (size_t j = 0; j < len; j++)
            if (text[j] == '\0')
                text[j] = ' ';
        for (int j = 0; j < settings->server_count; j++)
            if (len && table->at[i].pid != getpid() && strstr(text, settings->server[j]))
                table->at[i].counts = true;
    }
}

static void keep_counted(struct table *table)
{
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->at[i].counts)
            table->at[kept++] = table->at[i];
    table->count = kept;
    for (size_t i = 0; i < kept; i++)
        table->at[i].cpu_ns = cpu_of(table->at[i].pid) + children_of(table->at[i].pid);
}

struct cost {
    int64_t cpu_ns;
    long wakes;
};

/* What the processes of BEFORE, and those that have joined since, have spent. */
static struct cost spent(const struct table *before, const struct table *after)
{
    struct cost ret = {0};
    for (size_t i = 0; i < after->count; i++) {
        const struct process *now = &after->at[i];
        ret.cpu_ns += now->cpu_ns > 0 ? now->cpu_ns : 0;
        ret.wakes += now->wakes;
        for (size_t j = 0; j < before->count; j++) {
            if (before->at[j].pid != now->pid)
                continue;
            ret.cpu_ns -= before->at[j].cpu_ns;
            ret.wakes -= before->at[j].wakes;
        }
    }
    return ret;
}

static void take_family(struct table *table, pid_t root)
{
    list_processes(table);
    mark_family(table, root);
    keep_counted(table);
}

static void take_servers(struct table *table, const struct settings *settings)
{
    list_processes(table);
    mark_servers(table, settings);
    keep_counted(table);
}

/* What can only be asked while they live; returns the PSS of all. */
static long describe(struct table *table)
{
    long sum = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct process *process = &table->at[i];
        char text[4096];
        size_t len = read_proc(process->pid, "cmdline", process->title, sizeof process->title);
        for (size_t j = 0; j + 1 < len; j++)
            if (process->title[j] == '\0')
                process->title[j] = ' ';
        read_proc(process->pid, "smaps_rollup", text, sizeof text);
        process->pss_kib = number_after(text, "\nPss:");
        sum += process->pss_kib;
    }
    return sum;
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
        die("forkpty");
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
    for (int64_t at = now_ns(); settings->repeated && at < until_ns; at += TYPE_NS) {
        if (write(terminal->fd, settings->repeated, strlen(settings->repeated)) < 0)
            die("keys");
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

/* Servers have a life of their own. */
static double idle_ms(const struct settings *settings)
{
    struct table before = {0}, after = {0};
    if (settings->server_count == 0)
        return 0;
    take_servers(&before, settings);
    usleep((useconds_t)settings->window_ms * 1000);
    take_servers(&after, settings);
    double ret = (double)spent(&before, &after).cpu_ns / MS_NS * S_MS / settings->window_ms;
    free(before.at);
    free(after.at);
    return ret;
}

static void print_each(const struct table *before, const struct table *after, double seconds)
{
    for (size_t i = 0; i < after->count; i++) {
        const struct process *process = &after->at[i];
        struct table one = {.at = &after->at[i], .count = 1};
        struct cost its = spent(before, &one);
        printf("  %7.2f ms/s %5.1f wakes/s %6ld KiB  %s\n", (double)its.cpu_ns / MS_NS / seconds,
               (double)its.wakes / seconds, process->pss_kib, process->title);
    }
}

static int measure(const struct settings *settings, char **argv)
{
    static struct terminal terminal;
    struct table before = {0}, after = {0}, servers = {0}, later = {0};
    double idle = idle_ms(settings);

    start(&terminal, settings, argv);
    pump(&terminal, settings, now_ns() + (int64_t)settings->warm_ms * MS_NS / 2);
    if (settings->keys && write(terminal.fd, settings->keys, strlen(settings->keys)) < 0)
        die("keys");
    pump(&terminal, settings, terminal.started_ns + (int64_t)settings->warm_ms * MS_NS);

    take_servers(&servers, settings);
    take_family(&before, terminal.pid);
    size_t bytes = terminal.bytes;
    int bursts = terminal.bursts;
    int64_t from = now_ns();
    type_on(&terminal, settings, from + (int64_t)settings->window_ms * MS_NS);
    take_family(&after, terminal.pid);
    double seconds = (double)(now_ns() - from) / MS_NS / S_MS;
    take_servers(&later, settings);
    if (terminal.over) {
        fprintf(stderr, "measure: %s ended by itself\n", argv[0]);
        stop(&terminal, settings);
        return 1;
    }
    struct cost cost = spent(&before, &after);
    double server = (double)spent(&servers, &later).cpu_ns / MS_NS / seconds;
    long pss = describe(&after);
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
    return 0;
}

int main(int argc, char **argv)
{
    struct settings settings = {
        .size = {.ws_row = 40, .ws_col = 120}, .warm_ms = 6000, .window_ms = 15000};
    for (int c; (c = getopt(argc, argv, "+es:w:t:k:r:f:S:")) != -1;) {
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
        else if (c == 'f' && settings.found_count < WORDS_MAX)
            settings.found[settings.found_count++] = optarg;
        else if (c == 'S' && settings.server_count < WORDS_MAX)
            settings.server[settings.server_count++] = optarg;
        else
            return 2;
    }
    if (optind >= argc) {
        fprintf(stderr, "measure: what is to be run?\n");
        return 2;
    }
    return measure(&settings, argv + optind);
}
