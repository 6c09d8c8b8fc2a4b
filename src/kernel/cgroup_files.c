#include "kernel/cgroup_files.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "kernel/held.h"
#include "kernel/parse.h"

/* V1 or V2 NULL: that version has no such file. */
static const struct {
    enum cgroup_controller controller;
    const char *v1, *v2;
} places[CGROUP_FILE_COUNT] = {
    [CGROUP_FILE_CPU_STAT] = {CGROUP_CPU, "cpu.stat", NULL},
    [CGROUP_FILE_UNIFIED_CPU_STAT] = {CGROUP_UNIFIED, NULL, "cpu.stat"},
    [CGROUP_FILE_CPUACCT_USAGE] = {CGROUP_CPUACCT, "cpuacct.usage", NULL},
    [CGROUP_FILE_CPUACCT_STAT] = {CGROUP_CPUACCT, "cpuacct.stat", NULL},
    [CGROUP_FILE_MEMORY_CURRENT] = {CGROUP_MEMORY, "memory.usage_in_bytes", "memory.current"},
    [CGROUP_FILE_MEMORY_STAT] = {CGROUP_MEMORY, "memory.stat", "memory.stat"},
    [CGROUP_FILE_MEMORY_MAX] = {CGROUP_MEMORY, NULL, "memory.max"},
    [CGROUP_FILE_MEMORY_KMEM] = {CGROUP_MEMORY, "memory.kmem.usage_in_bytes", NULL},
    [CGROUP_FILE_MEMORY_SWAP] = {CGROUP_MEMORY, NULL, "memory.swap.current"},
    [CGROUP_FILE_MEMORY_EVENTS] = {CGROUP_MEMORY, "memory.oom_control", "memory.events"},
    [CGROUP_FILE_MEMORY_FAILCNT] = {CGROUP_MEMORY, "memory.failcnt", NULL},
    [CGROUP_FILE_IO_BYTES] = {CGROUP_IO, "blkio.throttle.io_service_bytes_recursive", "io.stat"},
    [CGROUP_FILE_IO_OPS] = {CGROUP_IO, "blkio.throttle.io_serviced_recursive", NULL},
    [CGROUP_FILE_PIDS_CURRENT] = {CGROUP_PIDS, "pids.current", "pids.current"},
    [CGROUP_FILE_PIDS_EVENTS] = {CGROUP_PIDS, "pids.events", "pids.events"},
    [CGROUP_FILE_CPU_PRESSURE] = {CGROUP_UNIFIED, NULL, "cpu.pressure"},
    [CGROUP_FILE_MEMORY_PRESSURE] = {CGROUP_UNIFIED, NULL, "memory.pressure"},
    [CGROUP_FILE_IO_PRESSURE] = {CGROUP_UNIFIED, NULL, "io.pressure"},
    [CGROUP_FILE_FREEZER_STATE] = {CGROUP_FREEZER, "freezer.state", NULL},
    [CGROUP_FILE_FREEZE] = {CGROUP_UNIFIED, NULL, "cgroup.freeze"},
    [CGROUP_FILE_EVENTS] = {CGROUP_UNIFIED, NULL, "cgroup.events"},
};

/* Files that were missing are looked for again every so many rounds. */
#define REARM_ROUNDS 32

struct cgroup_files {
    struct cgroup_layout *layout;
    char *dir[CGROUP_COUNT]; /* NULL: no group in that hierarchy */
    struct held file[CGROUP_FILE_COUNT];
    unsigned rounds;
    bool answered; /* some file could be read in this round */
};

struct cgroup_files *cgroup_files_new(struct cgroup_layout *layout,
                                      const struct cgroup_paths *paths)
{
    struct cgroup_files *files = xcalloc(1, sizeof(*files));
    files->layout = layout;
    for (int i = 0; i < CGROUP_COUNT; i++)
        files->dir[i] = cgroup_dir(layout, paths, (enum cgroup_controller)i);
    for (int i = 0; i < CGROUP_FILE_COUNT; i++)
        files->file[i] = HELD_INIT;
    return files;
}

void cgroup_files_free(struct cgroup_files *files)
{
    for (int i = 0; i < CGROUP_FILE_COUNT; i++)
        held_close(&files->file[i], &files->layout->fds);
    for (int i = 0; i < CGROUP_COUNT; i++)
        free(files->dir[i]);
    free(files);
}

const char *cgroup_files_dir(const struct cgroup_files *files, enum cgroup_controller controller)
{
    return files->dir[controller];
}

bool cgroup_files_v2(const struct cgroup_files *files, enum cgroup_controller controller)
{
    return files->layout->mount[controller].v2;
}

const char *cgroup_files_text(struct cgroup_files *files, enum cgroup_file which)
{
    enum cgroup_controller controller = places[which].controller;
    const char *name = cgroup_files_v2(files, controller) ? places[which].v2 : places[which].v1;
    const char *dir = files->dir[controller];
    struct held *file = &files->file[which];
    if (!name || !dir || file->missing)
        return NULL;
    struct cgroup_layout *layout = files->layout;
    char path[KERNEL_PATH_MAX], *buf = layout->scratch;
    /* The path is needed only to open the file: the common tick is spared of it. */
    bool held = file->fd >= 0;
    if (!held && !kernel_path(path, "%s/%s", dir, name))
        return NULL;
    ssize_t got = held_read(file, path, &layout->fds, buf, CGROUP_SCRATCH_BYTES);
    if (got == -ENODEV && held && kernel_path(path, "%s/%s", dir, name))
        got = held_read(file, path, &layout->fds, buf, CGROUP_SCRATCH_BYTES);
    if (got < 0)
        return NULL;
    files->answered = true;
    return buf;
}

void cgroup_files_begin(struct cgroup_files *files)
{
    if (files->rounds++ % REARM_ROUNDS == 0) {
        for (int i = 0; i < CGROUP_FILE_COUNT; i++)
            held_rearm(&files->file[i]);
    }
    files->answered = false;
}

/* Some directory of it exists, or it never had any. */
static bool is_there(const struct cgroup_files *files)
{
    for (int i = 0; i < CGROUP_COUNT; i++) {
        if (files->dir[i] && access(files->dir[i], F_OK) == 0)
            return true;
    }
    return false;
}

bool cgroup_files_gone(struct cgroup_files *files)
{
    if (files->answered || is_there(files))
        return false;
    files->rounds = 0; /* should it come back, its files are looked for at once */
    return true;
}
