#include "screen/family.h"

#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

struct process {
    pid_t pid, parent;
    char state;
    char comm[32];
    long ticks; /* of CPU */
};

/* /proc/PID/NAME with its NULs as spaces; its length. */
static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    text[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t len = read(fd, text, size - 1);
    close(fd);
    if (len < 0)
        len = 0;
    for (ssize_t i = 0; i < len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[len] = '\0';
    return (size_t)len;
}

static bool read_process(pid_t pid, struct process *ret)
{
    char text[1024];
    *ret = (struct process){.pid = pid};
    read_proc(pid, "stat", text, sizeof text);
    char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (!open || !close)
        return false;
    *close = '\0';
    snprintf(ret->comm, sizeof ret->comm, "%s", open + 1);
    long parent, user, system;
    if (sscanf(close + 1, " %c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &ret->state,
               &parent, &user, &system) != 4)
        return false;
    ret->parent = (pid_t)parent;
    ret->ticks = user + system;
    return true;
}

static bool is_family(pid_t pid, const char *tag)
{
    static char text[262144];
    char wanted[96];
    snprintf(wanted, sizeof wanted, "VCTOP_TEST=%s ", tag);
    read_proc(pid, "environ", text, sizeof text);
    return strstr(text, wanted) != NULL;
}

/* The next process in DIR, 0 at the end. */
static pid_t next_pid(DIR *dir)
{
    for (struct dirent *entry; (entry = readdir(dir));)
        if (isdigit((unsigned char)entry->d_name[0]))
            return (pid_t)atol(entry->d_name);
    return 0;
}

static bool has_role(const struct process *process, const char *role)
{
    char text[4096];
    if (strcmp(role, "spawner") == 0)
        return strcmp(process->comm, "vctop-spawner") == 0;
    read_proc(process->pid, "cmdline", text, sizeof text);
    return strstr(text, role) != NULL;
}

static pid_t find(const struct screen *screen, const char *role, pid_t except, size_t *count)
{
    DIR *dir = opendir("/proc");
    pid_t found = 0;
    for (pid_t pid; dir && (pid = next_pid(dir));) {
        struct process process;
        if (!is_family(pid, screen_tag(screen)) || !read_process(pid, &process) ||
            process.state == 'Z')
            continue;
        if (count)
            ++*count;
        if (role && pid != except && has_role(&process, role))
            found = pid;
    }
    if (dir)
        closedir(dir);
    return found;
}

pid_t family_find(const struct screen *screen, const char *role)
{
    return find(screen, role, 0, NULL);
}

size_t family_count(const struct screen *screen)
{
    size_t count = 0;
    find(screen, NULL, 0, &count);
    return count;
}

void family_signal(const struct screen *screen, int number)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir("/proc");

    for (pid_t pid; dir && (pid = next_pid(dir));)
        if (is_family(pid, screen_tag(screen)))
            kill(pid, number);
}

long family_ticks(const struct screen *screen)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir("/proc");
    struct process process;
    long ticks = 0;

    for (pid_t pid; dir && (pid = next_pid(dir));)
        if (is_family(pid, screen_tag(screen)) && read_process(pid, &process))
            ticks += process.ticks;
    return ticks;
}

static size_t zombies_now(pid_t parent)
{
    DIR *dir = opendir("/proc");
    size_t count = 0;
    for (pid_t pid; dir && (pid = next_pid(dir));) {
        struct process process;
        if (read_process(pid, &process) && process.parent == parent && process.state == 'Z')
            count++;
    }
    if (dir)
        closedir(dir);
    return count;
}

size_t family_zombies(pid_t parent)
{
    size_t count;

    for (int i = 0; (count = zombies_now(parent)) > 0 && i < 20; i++)
        usleep(100000);
    return count;
}

unsigned long family_files_end(pid_t pid)
{
    char path[64];
    unsigned long end = 0;

    snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strtoul(entry->d_name, NULL, 10) + 1 > end)
            end = strtoul(entry->d_name, NULL, 10) + 1;
    return end;
}

bool family_shrinks_to(struct screen *screen, size_t count, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;
    do {
        screen_pump(screen, 50);
        if (family_count(screen) <= count)
            return true;
    } while (screen_now_ms() < end);
    fprintf(stderr, "%zu processes are left after %d ms\n", family_count(screen), timeout_ms);
    return false;
}

pid_t family_successor(struct screen *screen, const char *role, pid_t old, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;
    do {
        pid_t pid = find(screen, role, old, NULL);
        if (pid)
            return pid;
        screen_pump(screen, 50);
    } while (screen_now_ms() < end);
    return 0;
}
