#include "bench/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void process_die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(2);
}

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

static int64_t main_thread_of(pid_t pid)
{
    char text[128];
    return read_proc(pid, "schedstat", text, sizeof text) ? atoll(text) : -1;
}

/* A rig in a namespace of its own has servers that are none of ours. */
static bool is_here(pid_t pid)
{
    char path[64];
    struct stat own, its;
    snprintf(path, sizeof path, "/proc/%ld/ns/pid", (long)pid);
    return stat("/proc/self/ns/pid", &own) == 0 && stat(path, &its) == 0 &&
           own.st_ino == its.st_ino;
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

static void list_processes(struct process_table *table)
{
    DIR *dir = opendir("/proc");
    if (!dir)
        process_die("/proc");
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
                process_die("memory");
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
static void mark_family(struct process_table *table, pid_t root)
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

static void keep_counted(struct process_table *table)
{
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->at[i].counts)
            table->at[kept++] = table->at[i];
    table->count = kept;
    for (size_t i = 0; i < kept; i++) {
        pid_t pid = table->at[i].pid;
        table->at[i].cpu_ns =
            table->at[i].main_only ? main_thread_of(pid) : cpu_of(pid) + children_of(pid);
    }
}

struct process_cost process_spent(const struct process_table *before,
                                  const struct process_table *after)
{
    struct process_cost ret = {0};
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

void process_take_family(struct process_table *table, pid_t root)
{
    list_processes(table);
    mark_family(table, root);
    keep_counted(table);
}

void process_take_named(struct process_table *table, const struct process_words *words)
{
    list_processes(table);
    for (size_t i = 0; i < table->count; i++) {
        char text[4096];
        size_t len = read_proc(table->at[i].pid, "cmdline", text, sizeof text);
        for (size_t j = 0; j < len; j++)
            if (text[j] == '\0')
                text[j] = ' ';
        for (int j = 0; j < words->count; j++)
            if (len && table->at[i].pid != getpid() && strstr(text, words->word[j]))
                table->at[i].counts = is_here(table->at[i].pid);
        table->at[i].main_only = words->main_only;
    }
    keep_counted(table);
}

static long count_files(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *dir = opendir(path);
    long count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return count;
}

long process_describe(struct process_table *table)
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
        process->own_kib = number_after(text, "\nPss_Anon:");
        if (!process->own_kib) /* before Linux 5.4 */
            process->own_kib = process->pss_kib;
        read_proc(process->pid, "status", text, sizeof text);
        process->threads = number_after(text, "\nThreads:");
        process->files = count_files(process->pid);
        sum += process->pss_kib;
    }
    return sum;
}
