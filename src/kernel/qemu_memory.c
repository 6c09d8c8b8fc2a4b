#include "kernel/qemu_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/parse.h"
#include "kernel/proc.h"
#include "kernel/proc_text.h"

#define PAGE 4096u /* of a pagemap's entry when the host has no larger ones */
#define ENTRIES 4096
#define PRESENT (UINT64_C(1) << 63)

/* Writable memory of that size is a guest's: QEMU's own heaps and buffers are smaller, odd or
 * executable. */
#define LARGE (UINT64_C(128) << 20)
#define LARGE_STEP (UINT64_C(2) << 20)

#define MEMORIES_MAX (QEMU_BACKENDS_MAX + 1)

struct count {
    uint64_t memory[MEMORIES_MAX]; /* sizes of the guest's mappings not met yet */
    size_t memories;
    size_t met;
    uint64_t from, to; /* a stretch that is to be counted; 0, 0: none */
    uint64_t page;
    uint64_t bytes;
    int pagemap;
};

/* One line of /proc/PID/maps. */
struct mapping {
    uint64_t from, to;
    bool accessible, writable, executable;
    const char *name; /* "" for none */
};

static bool parse_mapping(char *line, struct mapping *ret)
{
    char flags[5];
    int name = 0;

    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %n", &ret->from, &ret->to, flags,
               &name) < 3 ||
        ret->to <= ret->from)
        return false;
    ret->accessible = strncmp(flags, "---", 3) != 0;
    ret->writable = flags[1] == 'w';
    ret->executable = flags[2] == 'x';
    ret->name = name ? line + name : "";
    return true;
}

/* Pages of these are no memory of the process. */
static bool is_device(const struct mapping *map)
{
    return strncmp(map->name, "[v", 2) == 0 || strncmp(map->name, "/dev/vfio", 9) == 0 ||
           strncmp(map->name, "anon_inode:[vfio", 16) == 0;
}

static bool is_guests(struct count *count, const struct mapping *map)
{
    if (!map->writable || map->executable)
        return false;
    for (size_t i = 0; i < count->memories; i++) {
        if (count->memory[i] != map->to - map->from)
            continue;
        count->memory[i] = count->memory[--count->memories];
        count->met++;
        return true;
    }
    return false;
}

static bool may_be_guests(const struct mapping *map)
{
    uint64_t size = map->to - map->from;
    return map->writable && !map->executable && size >= LARGE && size % LARGE_STEP == 0 &&
           strcmp(map->name, "[heap]") != 0;
}

/* Counts the stretch that is waited with. */
static int count_pages(struct count *count)
{
    uint64_t entry[ENTRIES];
    uint64_t first = count->from / count->page, end = count->to / count->page;

    count->from = count->to = 0;
    while (first < end) {
        size_t wanted = end - first < ENTRIES ? (size_t)(end - first) : ENTRIES;
        ssize_t got = pread(count->pagemap, entry, wanted * sizeof(entry[0]), (off_t)(first * 8));
        if (got < 0)
            return kernel_code(errno);
        size_t entries = (size_t)got / sizeof(entry[0]);
        if (entries == 0)
            break; /* beyond what the process can have: the kernel's own page for all */
        for (size_t i = 0; i < entries; i++)
            count->bytes += entry[i] & PRESENT ? count->page : 0;
        first += entries;
    }
    return 0;
}

/* Mappings that touch are counted in one go: a program's libraries have hundreds. */
static int count_mapping(struct count *count, const struct mapping *map)
{
    if (!map->accessible || is_device(map) || is_guests(count, map))
        return 0;
    if (may_be_guests(map))
        return ERR_UNSUPPORTED;
    int code = map->from == count->to ? 0 : count_pages(count);
    if (count->to == 0)
        count->from = map->from;
    count->to = map->to;
    return code;
}

struct holdup {
    const char *root;
    pid_t pid;
    bool held;
};

static bool look_at_thread(pid_t tid, void *user)
{
    struct holdup *holdup = user;
    char path[KERNEL_PATH_MAX], text[4096];
    struct proc_stat stat;

    holdup->held =
        kernel_path(path, "%s/proc/%d/task/%d/stat", holdup->root, (int)holdup->pid, (int)tid) &&
        io_read_file(AT_FDCWD, path, text, sizeof(text)) > 0 && proc_parse_stat(text, &stat) == 0 &&
        stat.state == 'D';
    return !holdup->held;
}

int qemu_memory_overhead(const char *root, pid_t pid, const struct qemu_args *args, uint64_t *ret)
{
    char path[KERNEL_PATH_MAX];
    CLEANUP_FREE char *line = NULL;
    size_t size = 0;
    struct count count = {.page = *root ? PAGE : (uint64_t)sysconf(_SC_PAGESIZE)};
    struct holdup holdup = {.root = root, .pid = pid};

    for (size_t i = 0; i < args->backends; i++)
        count.memory[count.memories++] = args->backend[i];
    if (args->memory)
        count.memory[count.memories++] = args->memory;
    if (count.memories == 0 || args->backends == QEMU_BACKENDS_MAX)
        return ERR_UNSUPPORTED;
    int code = proc_each_thread(root, pid, look_at_thread, &holdup);
    if (code < 0 || holdup.held)
        return code < 0 ? code : ERR_BUSY;
    kernel_path(path, "%s/proc/%d/pagemap", root, (int)pid);
    CLEANUP_CLOSE int pagemap = open(path, O_RDONLY | O_CLOEXEC);
    if (pagemap < 0)
        return kernel_code(errno);
    count.pagemap = pagemap;
    kernel_path(path, "%s/proc/%d/maps", root, (int)pid);
    CLEANUP_FCLOSE FILE *maps = fopen(path, "re");
    if (!maps)
        return kernel_code(errno);
    while (code == 0 && getline(&line, &size, maps) > 0) {
        struct mapping map;
        if (parse_mapping(line, &map))
            code = count_mapping(&count, &map);
    }
    if (code == 0)
        code = count.met ? count_pages(&count) : ERR_UNSUPPORTED;
    if (code == 0)
        *ret = count.bytes;
    return code;
}
