/* The files of one control group by what they say, whichever version has them: opened at their
 * first read and held. */
#ifndef VCTOP_KERNEL_CGROUP_FILES_H
#define VCTOP_KERNEL_CGROUP_FILES_H

#include <stdbool.h>

#include "kernel/cgroup.h"

enum cgroup_file {
    CGROUP_FILE_CPU_STAT,
    CGROUP_FILE_UNIFIED_CPU_STAT,
    CGROUP_FILE_CPUACCT_USAGE,
    CGROUP_FILE_CPUACCT_STAT,
    CGROUP_FILE_MEMORY_CURRENT,
    CGROUP_FILE_MEMORY_STAT,
    CGROUP_FILE_MEMORY_MAX,
    CGROUP_FILE_MEMORY_KMEM,
    CGROUP_FILE_MEMORY_SWAP,
    CGROUP_FILE_MEMORY_EVENTS,
    CGROUP_FILE_MEMORY_FAILCNT,
    CGROUP_FILE_IO_BYTES,
    CGROUP_FILE_IO_OPS,
    CGROUP_FILE_PIDS_CURRENT,
    CGROUP_FILE_PIDS_EVENTS,
    CGROUP_FILE_CPU_PRESSURE,
    CGROUP_FILE_MEMORY_PRESSURE,
    CGROUP_FILE_IO_PRESSURE,
    CGROUP_FILE_FREEZER_STATE,
    CGROUP_FILE_FREEZE,
    CGROUP_FILE_EVENTS,
    CGROUP_FILE_COUNT
};

struct cgroup_files;

/* As cgroup_reader_new(). */
struct cgroup_files *cgroup_files_new(struct cgroup_layout *layout,
                                      const struct cgroup_paths *paths);
void cgroup_files_free(struct cgroup_files *files);

/* The group's directory in CONTROLLER's hierarchy, NULL: it is in none; and its version. */
const char *cgroup_files_dir(const struct cgroup_files *files, enum cgroup_controller controller);
bool cgroup_files_v2(const struct cgroup_files *files, enum cgroup_controller controller);

/* The text of a file in the layout's scratch, NULL when it cannot be had. */
const char *cgroup_files_text(struct cgroup_files *files, enum cgroup_file file);

/* A round of readings: what was missing is looked for again now and then, for a controller can be
 * enabled later. */
void cgroup_files_begin(struct cgroup_files *files);
/* After it: nothing could be read, and none of the group's directories exists any more. */
bool cgroup_files_gone(struct cgroup_files *files);

#endif
