#include "kernel/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/proc_text.h"

#define SMALL_FILE 4096

/* Reads ROOT/proc/PID/NAME. */
static ssize_t read_of(const char *root, pid_t pid, const char *name, char *buf, size_t size)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/%s", root, (int)pid, name))
        return ERR_IO;
    ssize_t got = held_read_once(path, buf, size);
    return got < 0 ? kernel_code((int)-got) : got;
}

int proc_parse_stat(const char *text, struct proc_stat *ret)
{
    /* The name may hold blanks and parentheses: it ends at the last one. */
    const char *open = strchr(text, '(');
    const char *close = strrchr(text, ')');
    uint64_t pid;
    const char *p = text;
    if (!open || !close || close < open || !parse_u64(&p, &pid) || pid > INT32_MAX)
        return ERR_SYNTAX;

    struct proc_stat stat = {.id.pid = (pid_t)pid};
    size_t len = (size_t)(close - open - 1);
    if (len >= sizeof(stat.comm))
        len = sizeof(stat.comm) - 1;
    memcpy(stat.comm, open + 1, len);

    p = close + 1;
    const char *state;
    if (parse_word(&p, &state) != 1)
        return ERR_SYNTAX;
    stat.state = *state;

    /* Fields 4 (parent) to 43 (guest time), numbered as in proc(5). */
    uint64_t field[44] = {0};
    int count = 4;
    for (; count < 44; count++) {
        const char *word;
        if (parse_word(&p, &word) == 0)
            break;
        if (!parse_u64(&word, &field[count]) && *word != '-')
            return ERR_SYNTAX;
    }
    if (count <= 22 || field[4] > INT32_MAX || field[20] > UINT32_MAX)
        return ERR_SYNTAX;
    stat.parent = (pid_t)field[4];
    stat.major_faults = field[12];
    stat.user_ns = parse_ticks_ns(field[14]);
    stat.system_ns = parse_ticks_ns(field[15]);
    stat.children_user_ns = parse_ticks_ns(field[16]);
    stat.children_system_ns = parse_ticks_ns(field[17]);
    stat.threads = (uint32_t)field[20];
    stat.id.start_ticks = field[22];
    stat.guest_ns = parse_ticks_ns(field[43]);
    stat.rss_bytes = parse_scale(field[24], (uint64_t)sysconf(_SC_PAGESIZE));
    stat.last_cpu = count > 39 && field[39] <= INT32_MAX ? (int)field[39] : -1;
    *ret = stat;
    return 0;
}

int proc_read_stat(const char *root, pid_t pid, struct proc_stat *ret)
{
    char buf[SMALL_FILE];
    ssize_t got = read_of(root, pid, "stat", buf, sizeof(buf));
    return got < 0 ? (int)got : proc_parse_stat(buf, ret);
}

int proc_parse_io(const char *text, struct proc_io *ret)
{
    struct proc_io io;
    if (!parse_keyed(text, "read_bytes:", &io.read_bytes) ||
        !parse_keyed(text, "write_bytes:", &io.write_bytes) ||
        !parse_keyed(text, "syscr:", &io.read_calls) ||
        !parse_keyed(text, "syscw:", &io.write_calls))
        return ERR_SYNTAX;
    *ret = io;
    return 0;
}

int proc_read_io(const char *root, pid_t pid, struct proc_io *ret)
{
    char buf[SMALL_FILE];
    ssize_t got = read_of(root, pid, "io", buf, sizeof(buf));
    return got < 0 ? (int)got : proc_parse_io(buf, ret);
}

/* The last number of a line of numbers, 0 when there is none. */
static uint64_t last_number(const char *line)
{
    uint64_t value, last = 0;
    while (parse_u64(&line, &value))
        last = value;
    return last;
}

int proc_parse_status(const char *text, struct proc_status *ret)
{
    struct proc_status status = {0};
    uint64_t uid, kb;
    if (!parse_keyed(text, "Uid:", &uid) || uid > UINT32_MAX)
        return ERR_SYNTAX;
    status.uid = (uid_t)uid;
    if (parse_keyed(text, "VmRSS:", &kb)) {
        status.has_memory = true;
        status.rss_bytes = parse_scale(kb, 1024);
    }
    if (parse_keyed(text, "HugetlbPages:", &kb))
        status.hugetlb_bytes = parse_scale(kb, 1024);
    if (parse_keyed(text, "VmSwap:", &kb))
        status.swap_bytes = parse_scale(kb, 1024);
    uint64_t pid = 0;
    status.leader = parse_keyed(text, "Tgid:", &pid) && pid <= INT32_MAX ? (pid_t)pid : 0;
    const char *inner = parse_find(text, "NSpid:");
    pid = inner ? last_number(inner) : 0;
    status.inner_pid = pid <= INT32_MAX ? (pid_t)pid : 0;
    *ret = status;
    return 0;
}

int proc_read_status(const char *root, pid_t pid, struct proc_status *ret)
{
    /* The lines of CPU and node masks at its end can be long; what we want stands before them. */
    char buf[SMALL_FILE];
    ssize_t got = read_of(root, pid, "status", buf, sizeof(buf));
    return got < 0 ? (int)got : proc_parse_status(buf, ret);
}

int proc_read_exe(const char *root, pid_t pid, char *buf, size_t size)
{
    char path[KERNEL_PATH_MAX];
    if (size == 0 || !kernel_path(path, "%s/proc/%d/exe", root, (int)pid))
        return ERR_IO;
    ssize_t got = readlink(path, buf, size - 1);
    if (got < 0)
        return kernel_code(errno);
    buf[got] = '\0';
    return 0;
}

ssize_t proc_read_cmdline(const char *root, pid_t pid, char *buf, size_t size)
{
    if (size < 2)
        return ERR_USAGE;
    ssize_t got = read_of(root, pid, "cmdline", buf, size - 1);
    if (got >= 0)
        buf[got] = buf[got + 1] = '\0';
    return got;
}

const char *proc_cmdline_option(const char *cmdline, size_t len, const char *name)
{
    const char *end = cmdline + len;
    for (const char *arg = cmdline; arg < end;) {
        const char *next = memchr(arg, '\0', (size_t)(end - arg));
        if (!next || ++next >= end)
            return NULL;
        /* A value that was cut off has no terminator of its own. */
        if (strcmp(arg, name) == 0)
            return memchr(next, '\0', (size_t)(end - next)) ? next : NULL;
        arg = next;
    }
    return NULL;
}

/* "net:[4026531840]": to read where the link leads costs half of what going there does. */
static uint64_t linked_inode(const char *path)
{
    char link[64];
    ssize_t len = readlink(path, link, sizeof(link) - 1);
    uint64_t inode;
    if (len <= 0)
        return 0;
    link[len] = '\0';
    const char *number = strchr(link, '[');
    return number++ && parse_u64(&number, &inode) && *number == ']' ? inode : 0;
}

uint64_t proc_namespace(const char *root, pid_t pid, const char *name)
{
    char path[KERNEL_PATH_MAX];
    bool fits = pid > 0 ? kernel_path(path, "%s/proc/%d/ns/%s", root, (int)pid, name)
                        : kernel_path(path, "%s/proc/self/ns/%s", root, name);
    struct stat st;
    uint64_t inode = fits ? linked_inode(path) : 0;
    return inode || !fits || stat(path, &st) != 0 ? inode : st.st_ino;
}

int64_t proc_boottime_ns(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return 0;
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

uint64_t proc_age_ms(const struct proc_identity *id, int64_t boottime_ns)
{
    uint64_t start = parse_ticks_ns(id->start_ticks);
    if (boottime_ns < 0 || (uint64_t)boottime_ns <= start)
        return 0;
    return ((uint64_t)boottime_ns - start) / (uint64_t)NS_PER_MS;
}

void proc_life(const struct proc_identity *id, char *buf, size_t size)
{
    snprintf(buf, size, "%d:%" PRIu64, (int)id->pid, id->start_ticks);
}
