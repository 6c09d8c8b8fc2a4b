#include "kernel/cgroup_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/cgroup_text.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/psi.h"

/* Everything that is read of a group, by the controller whose directory has it. */
enum source {
    CPU_STAT,
    UNIFIED_CPU_STAT,
    CPUACCT_USAGE,
    CPUACCT_STAT,
    MEMORY_CURRENT,
    MEMORY_STAT,
    MEMORY_MAX,
    MEMORY_KMEM,
    MEMORY_SWAP,
    MEMORY_EVENTS,
    MEMORY_FAILCNT,
    IO_BYTES,
    IO_OPS,
    PIDS_CURRENT,
    PIDS_EVENTS,
    CPU_PRESSURE,
    MEMORY_PRESSURE,
    IO_PRESSURE,
    FREEZER_STATE,
    FREEZE,
    EVENTS,
    SOURCE_COUNT
};

/* V1 or V2 NULL: that version has no such file. */
static const struct {
    enum cgroup_controller controller;
    const char *v1, *v2;
} sources[SOURCE_COUNT] = {
    [CPU_STAT] = {CGROUP_CPU, "cpu.stat", NULL},
    [UNIFIED_CPU_STAT] = {CGROUP_UNIFIED, NULL, "cpu.stat"},
    [CPUACCT_USAGE] = {CGROUP_CPUACCT, "cpuacct.usage", NULL},
    [CPUACCT_STAT] = {CGROUP_CPUACCT, "cpuacct.stat", NULL},
    [MEMORY_CURRENT] = {CGROUP_MEMORY, "memory.usage_in_bytes", "memory.current"},
    [MEMORY_STAT] = {CGROUP_MEMORY, "memory.stat", "memory.stat"},
    [MEMORY_MAX] = {CGROUP_MEMORY, NULL, "memory.max"},
    [MEMORY_KMEM] = {CGROUP_MEMORY, "memory.kmem.usage_in_bytes", NULL},
    [MEMORY_SWAP] = {CGROUP_MEMORY, NULL, "memory.swap.current"},
    [MEMORY_EVENTS] = {CGROUP_MEMORY, "memory.oom_control", "memory.events"},
    [MEMORY_FAILCNT] = {CGROUP_MEMORY, "memory.failcnt", NULL},
    [IO_BYTES] = {CGROUP_IO, "blkio.throttle.io_service_bytes_recursive", "io.stat"},
    [IO_OPS] = {CGROUP_IO, "blkio.throttle.io_serviced_recursive", NULL},
    [PIDS_CURRENT] = {CGROUP_PIDS, "pids.current", "pids.current"},
    [PIDS_EVENTS] = {CGROUP_PIDS, "pids.events", "pids.events"},
    [CPU_PRESSURE] = {CGROUP_UNIFIED, NULL, "cpu.pressure"},
    [MEMORY_PRESSURE] = {CGROUP_UNIFIED, NULL, "memory.pressure"},
    [IO_PRESSURE] = {CGROUP_UNIFIED, NULL, "io.pressure"},
    [FREEZER_STATE] = {CGROUP_FREEZER, "freezer.state", NULL},
    [FREEZE] = {CGROUP_UNIFIED, NULL, "cgroup.freeze"},
    [EVENTS] = {CGROUP_UNIFIED, NULL, "cgroup.events"},
};

/* Files that were missing are looked for again every so many reads: a controller can be enabled
 * later. */
#define REARM_READS 32

/* Limits of the groups above change rarely: read once in so many reads of memory.stat. */
#define LIMIT_READS 16

/* The kernel works out pressure every two seconds.  When nothing has run for longer, a stall under
 * way shows. */
#define PSI_WHOLE_NS (3 * NS_PER_S)

struct cgroup_reader {
    struct cgroup_layout *layout;
    char *dir[CGROUP_COUNT]; /* NULL: no group in that hierarchy */
    struct held file[SOURCE_COUNT];
    struct cgroup_memory memory; /* of the newest memory.stat */
    bool has_memory;
    unsigned reads, memory_reads;
    uint64_t answers;      /* files that could be read, ever */
    uint64_t parent_limit; /* the least of the groups above, version 2; UINT64_MAX none */
    struct cgroup_io io;
    uint64_t bytes_at_ops; /* when operations were read last */
    bool has_ops;
    uint64_t current; /* memory.current when memory.stat was read */
    struct cgroup_rest rest;
    uint64_t cpu_ns; /* CPU time when it was known last */
    int64_t ran_ns;  /* CLOCK_MONOTONIC of when that was another last */
};

struct cgroup_reader *cgroup_reader_new(struct cgroup_layout *layout,
                                        const struct cgroup_paths *paths)
{
    struct cgroup_reader *reader = xcalloc(1, sizeof(*reader));
    reader->layout = layout;
    reader->parent_limit = UINT64_MAX;
    for (int i = 0; i < CGROUP_COUNT; i++)
        reader->dir[i] = cgroup_dir(layout, paths, (enum cgroup_controller)i);
    for (int i = 0; i < SOURCE_COUNT; i++)
        reader->file[i] = HELD_INIT;
    cgroup_rest_init(&reader->rest);
    return reader;
}

void cgroup_reader_free(struct cgroup_reader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < SOURCE_COUNT; i++)
        held_close(&reader->file[i], &reader->layout->fds);
    for (int i = 0; i < CGROUP_COUNT; i++)
        free(reader->dir[i]);
    free(reader->io.device);
    free(reader);
}

uint64_t cgroup_reader_cpu_ns(const struct cgroup_reader *reader)
{
    return reader->rest.cpu_ns;
}

const char *cgroup_reader_dir(const struct cgroup_reader *reader, enum cgroup_controller controller)
{
    return reader->dir[controller];
}

static bool is_v2(const struct cgroup_reader *reader, enum cgroup_controller controller)
{
    return reader->layout->mount[controller].v2;
}

/* The text of a source in the reader's buffer, NULL when it cannot be had. */
static const char *text_of(struct cgroup_reader *reader, enum source source)
{
    enum cgroup_controller controller = sources[source].controller;
    const char *name = is_v2(reader, controller) ? sources[source].v2 : sources[source].v1;
    const char *dir = reader->dir[controller];
    struct held *file = &reader->file[source];
    if (!name || !dir || file->missing)
        return NULL;
    struct cgroup_layout *layout = reader->layout;
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
    reader->answers++;
    return buf;
}

static bool read_number(struct cgroup_reader *reader, enum source source, enum field field,
                        struct sample *sample)
{
    const char *text = text_of(reader, source);
    uint64_t value;
    if (!text || !cgroup_parse_number(text, &value))
        return false;
    sample_set(sample, field, value);
    return true;
}

static bool say_again(const struct cgroup_reader *reader, enum cgroup_part part, unsigned what,
                      struct sample *sample)
{
    return (what & CGROUP_SAME_AT_REST) && cgroup_rest_say(&reader->rest, part, sample);
}

static void read_cpu(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    bool v1 =
        !is_v2(reader, CGROUP_CPUACCT) && read_number(reader, CPUACCT_USAGE, FIELD_CPU, sample);
    const char *text = v1 ? NULL : text_of(reader, UNIFIED_CPU_STAT);
    if (text)
        cgroup_parse_cpu_v2(text, sample);
    if ((v1 || text) && sample_has(sample, FIELD_CPU)) {
        reader->rest.cpu_ns = sample->value[FIELD_CPU];
        if (reader->ran_ns == 0 || reader->cpu_ns != reader->rest.cpu_ns)
            reader->ran_ns = clock_mono_ns();
        reader->cpu_ns = reader->rest.cpu_ns;
    }
    if (!(what & CGROUP_READ_CPU_DETAIL) || say_again(reader, CGROUP_PART_CPU_DETAIL, what, sample))
        return;
    if (v1 && (text = text_of(reader, CPUACCT_STAT)))
        cgroup_parse_cpuacct_stat(text, sample);
    if ((text = text_of(reader, CPU_STAT)))
        cgroup_parse_throttled_v1(text, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_CPU_DETAIL, sample);
}

/* The least limit of the groups above: memory.max counts for all that is below it. */
static uint64_t limit_above(const struct cgroup_reader *reader)
{
    const struct cgroup_layout *layout = reader->layout;
    CLEANUP_FREE char *dir = xstrdup(reader->dir[CGROUP_MEMORY]);
    size_t floor = strlen(layout->root) + strlen(layout->mount[CGROUP_MEMORY].point);
    uint64_t least = UINT64_MAX;
    for (char *slash; (slash = strrchr(dir, '/')) && (size_t)(slash - dir) > floor;) {
        *slash = '\0';
        char path[KERNEL_PATH_MAX], buf[64];
        uint64_t limit;
        if (kernel_path(path, "%s/memory.max", dir) && held_read_once(path, buf, sizeof(buf)) > 0 &&
            cgroup_parse_limit(buf, &limit) && limit < least)
            least = limit;
    }
    return least;
}

static void refresh_memory(struct cgroup_reader *reader)
{
    const char *text = text_of(reader, MEMORY_STAT);
    if (!text) {
        reader->has_memory = false;
        return;
    }
    struct cgroup_memory *memory = &reader->memory;
    reader->has_memory = true;
    if (!is_v2(reader, CGROUP_MEMORY)) {
        cgroup_parse_memory_v1(text, memory);
        text = text_of(reader, MEMORY_KMEM);
        memory->has_kernel = text && cgroup_parse_number(text, &memory->kernel);
        return;
    }
    cgroup_parse_memory_v2(text, memory);
    if (reader->memory_reads++ % LIMIT_READS == 0)
        reader->parent_limit = limit_above(reader);
    text = text_of(reader, MEMORY_MAX);
    memory->has_limit = text && cgroup_parse_limit(text, &memory->limit);
    text = text_of(reader, MEMORY_SWAP);
    memory->has_swap = text && cgroup_parse_number(text, &memory->swap);
    if (reader->parent_limit != UINT64_MAX &&
        (!memory->has_limit || memory->limit > reader->parent_limit)) {
        memory->has_limit = true;
        memory->limit = reader->parent_limit;
    }
}

/* UINT64_MAX: unknown. */
static uint64_t read_current(struct cgroup_reader *reader)
{
    const char *text = text_of(reader, MEMORY_CURRENT);
    uint64_t current;
    return text && cgroup_parse_number(text, &current) ? current : UINT64_MAX;
}

static void read_memory(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    bool holds = cgroup_rest_holds(&reader->rest, CGROUP_PART_MEMORY_STAT);
    bool rests = holds && (what & CGROUP_SAME_AT_REST);
    uint64_t current = UINT64_MAX;
    if (rests && !(what & CGROUP_READ_MEMORY_STAT))
        current = reader->current;
    else if (what & CGROUP_READ_MEMORY)
        current = read_current(reader);
    bool known = current != UINT64_MAX;
    bool same = rests && known && current == reader->current;
    if ((what & CGROUP_READ_MEMORY_STAT) && reader->dir[CGROUP_MEMORY] && !same) {
        refresh_memory(reader);
        cgroup_rest_keep(&reader->rest, CGROUP_PART_MEMORY_STAT, NULL);
        reader->current = current;
        holds = true;
    }
    if (!known)
        return;
    sample_set(sample, FIELD_MEM_HOST, current);
    const struct cgroup_memory *memory = &reader->memory;
    if (!reader->has_memory)
        return;
    if (memory->has_inactive)
        sample_set(sample, FIELD_MEM_USED,
                   current > memory->inactive ? current - memory->inactive : 0);
    if (memory->has_cache)
        sample_set(sample, FIELD_MEM_CACHE, memory->cache);
    if (memory->has_kernel)
        sample_set(sample, FIELD_MEM_OVERHEAD, memory->kernel);
    if (memory->has_swap)
        sample_set(sample, FIELD_MEM_SWAP, memory->swap);
    if (memory->has_faults && holds)
        sample_set(sample, FIELD_MAJOR_FAULTS, memory->faults);
    if (memory->has_limit)
        sample_set(sample, FIELD_MEM_LIMIT, memory->limit);
}

/* Operations without bytes (flushes) are not worth a read of their own each tick. */
static bool refresh_ops_v1(struct cgroup_reader *reader)
{
    struct cgroup_io *io = &reader->io;
    uint64_t bytes = parse_add(io->total[CGROUP_IO_READ], io->total[CGROUP_IO_WRITE]);
    if (reader->has_ops && bytes == reader->bytes_at_ops)
        return true;
    const char *text = text_of(reader, IO_OPS);
    reader->has_ops =
        text && cgroup_parse_io_v1(text, reader->layout->blocks, CGROUP_IO_READ_OPS, io);
    reader->bytes_at_ops = bytes;
    return reader->has_ops;
}

/* Version 1 counts nothing anywhere until some group got a limit on a device: a group without
 * devices has done nothing only when the root group has some, and is unknown otherwise. */
static bool counts_v1(const struct cgroup_reader *reader)
{
    struct cgroup_layout *layout = reader->layout;
    if (reader->io.count)
        return true;
    if (!layout->io_counts && layout->io_asked++ % REARM_READS == 0) {
        char path[KERNEL_PATH_MAX], buf[4096];
        layout->io_counts = kernel_path(path, "%s%s/blkio.throttle.io_service_bytes", layout->root,
                                        layout->mount[CGROUP_IO].point) &&
                            held_read_once(path, buf, sizeof(buf)) > 0 && strchr(buf, ':');
    }
    return layout->io_counts;
}

static void add_io(struct cgroup_reader *reader, struct sample *sample)
{
    struct cgroup_io *io = &reader->io;
    struct block_cache *blocks = reader->layout->blocks;
    bool v2 = is_v2(reader, CGROUP_IO);
    const char *text = text_of(reader, IO_BYTES);
    if (!text || !(v2 ? cgroup_parse_io_v2(text, blocks, io)
                      : cgroup_parse_io_v1(text, blocks, CGROUP_IO_READ, io) && counts_v1(reader)))
        return;
    sample_set(sample, FIELD_DISK_READ, io->total[CGROUP_IO_READ]);
    sample_set(sample, FIELD_DISK_WRITE, io->total[CGROUP_IO_WRITE]);
    if (v2 || refresh_ops_v1(reader)) {
        sample_set(sample, FIELD_DISK_READ_OPS, io->total[CGROUP_IO_READ_OPS]);
        sample_set(sample, FIELD_DISK_WRITE_OPS, io->total[CGROUP_IO_WRITE_OPS]);
    }
}

static void read_io(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (!is_v2(reader, CGROUP_IO) && say_again(reader, CGROUP_PART_IO, what, sample))
        return;
    add_io(reader, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_IO, sample); /* that it is unknown, too */
}

static void read_pids(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (say_again(reader, CGROUP_PART_PIDS, what, sample))
        return;
    read_number(reader, PIDS_CURRENT, FIELD_PIDS, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_PIDS, sample);
}

static void read_oom(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (say_again(reader, CGROUP_PART_OOM, what, sample))
        return;
    const char *text = text_of(reader, MEMORY_EVENTS);
    uint64_t count;
    if (text && parse_keyed(text, "oom_kill", &count))
        sample_set(sample, FIELD_OOM_KILLS, count);
    if (!is_v2(reader, CGROUP_MEMORY))
        read_number(reader, MEMORY_FAILCNT, FIELD_MEM_LIMIT_HITS, sample);
    else if (text && parse_keyed(text, "max", &count))
        sample_set(sample, FIELD_MEM_LIMIT_HITS, count);
    text = text_of(reader, PIDS_EVENTS);
    if (text && parse_keyed(text, "max", &count))
        sample_set(sample, FIELD_PIDS_LIMIT_HITS, count);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_OOM, sample);
}

static void read_one_pressure(struct cgroup_reader *reader, enum source source, enum field field,
                              struct sample *sample)
{
    const char *text = text_of(reader, source);
    uint32_t value;
    if (text && psi_parse(text, &value))
        sample_set(sample, field, value);
}

static void read_pressure(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    /* Who waits for a CPU need not have run; who waits for memory or a disk has asked for it. */
    read_one_pressure(reader, CPU_PRESSURE, FIELD_PSI_CPU, sample);
    if (say_again(reader, CGROUP_PART_STALLS, what, sample))
        return;
    read_one_pressure(reader, MEMORY_PRESSURE, FIELD_PSI_MEM, sample);
    read_one_pressure(reader, IO_PRESSURE, FIELD_PSI_IO, sample);
    /* What is not zero decays although nothing runs. */
    if (clock_mono_ns() - reader->ran_ns >= PSI_WHOLE_NS && sample->value[FIELD_PSI_MEM] == 0 &&
        sample->value[FIELD_PSI_IO] == 0)
        cgroup_rest_keep(&reader->rest, CGROUP_PART_STALLS, sample);
    else
        cgroup_rest_drop(&reader->rest, CGROUP_PART_STALLS);
}

/* Some directory of it exists, or it never had any. */
static bool is_there(const struct cgroup_reader *reader)
{
    for (int i = 0; i < CGROUP_COUNT; i++) {
        if (reader->dir[i] && access(reader->dir[i], F_OK) == 0)
            return true;
    }
    return false;
}

int cgroup_reader_read(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (reader->reads++ % REARM_READS == 0) {
        for (int i = 0; i < SOURCE_COUNT; i++)
            held_rearm(&reader->file[i]);
    }
    uint64_t before = reader->answers;
    reader->rest.cpu_ns = CGROUP_CPU_UNKNOWN;
    if (what & CGROUP_READ_CPU)
        read_cpu(reader, what, sample);
    if (what & (CGROUP_READ_MEMORY | CGROUP_READ_MEMORY_STAT))
        read_memory(reader, what, sample);
    if (what & CGROUP_READ_IO)
        read_io(reader, what, sample);
    if (what & CGROUP_READ_PIDS)
        read_pids(reader, what, sample);
    if (what & CGROUP_READ_OOM)
        read_oom(reader, what, sample);
    if (what & CGROUP_READ_PSI)
        read_pressure(reader, what, sample);
    if (reader->answers != before || is_there(reader))
        return 0;
    reader->reads = 0; /* should it come back, its files are looked for at once */
    return ERR_GONE;
}

void cgroup_reader_state(struct cgroup_reader *reader, struct cgroup_state *ret)
{
    struct cgroup_state state = {-1, -1, -1};
    uint64_t value;
    const char *text = text_of(reader, EVENTS);
    if (text && parse_keyed(text, "populated", &value))
        state.populated = value != 0;
    if (text && parse_keyed(text, "frozen", &value)) {
        state.frozen = value != 0;
        text = text_of(reader, FREEZE);
        if (text && cgroup_parse_number(text, &value))
            state.freezing = value != 0 && !state.frozen;
    }
    /* A hybrid host has both; whichever holds the guest still counts. */
    text = text_of(reader, FREEZER_STATE);
    if (text && strncmp(text, "THAWED", 6) == 0) {
        state.frozen = state.frozen == 1;
        state.freezing = state.freezing == 1;
    } else if (text && strncmp(text, "FREEZING", 8) == 0) {
        state.freezing = 1;
        state.frozen = state.frozen == 1;
    } else if (text && strncmp(text, "FROZEN", 6) == 0) {
        state.frozen = 1;
        state.freezing = 0;
    }
    *ret = state;
    cgroup_rest_keep(&reader->rest, CGROUP_PART_STATE, NULL);
}

bool cgroup_reader_state_holds(const struct cgroup_reader *reader)
{
    return cgroup_rest_holds(&reader->rest, CGROUP_PART_STATE);
}
