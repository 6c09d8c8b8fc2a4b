#include "kernel/cgroup_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "kernel/cgroup_files.h"
#include "kernel/cgroup_text.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/psi.h"

/* Limits of the groups above change rarely: read once in so many reads of memory.stat. */
#define LIMIT_READS 16

/* Whether anything is counted is asked again once in so many reads. */
#define ASK_READS 32

/* The kernel works out pressure every two seconds.  When nothing has run for longer, a stall under
 * way shows. */
#define PSI_WHOLE_NS (3 * NS_PER_S)

struct cgroup_reader {
    struct cgroup_layout *layout;
    struct cgroup_files *files;
    struct cgroup_memory memory; /* of the newest memory.stat */
    bool has_memory;
    unsigned memory_reads;
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
    reader->files = cgroup_files_new(layout, paths);
    cgroup_rest_init(&reader->rest);
    return reader;
}

void cgroup_reader_free(struct cgroup_reader *reader)
{
    if (!reader)
        return;
    cgroup_files_free(reader->files);
    free(reader->io.device);
    free(reader);
}

uint64_t cgroup_reader_cpu_ns(const struct cgroup_reader *reader)
{
    return reader->rest.cpu_ns;
}

const char *cgroup_reader_dir(const struct cgroup_reader *reader, enum cgroup_controller controller)
{
    return cgroup_files_dir(reader->files, controller);
}

static bool read_number(struct cgroup_reader *reader, enum cgroup_file file, enum field field,
                        struct sample *sample)
{
    const char *text = cgroup_files_text(reader->files, file);
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
    bool v1 = !cgroup_files_v2(reader->files, CGROUP_CPUACCT) &&
              read_number(reader, CGROUP_FILE_CPUACCT_USAGE, FIELD_CPU, sample);
    const char *text = v1 ? NULL : cgroup_files_text(reader->files, CGROUP_FILE_UNIFIED_CPU_STAT);
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
    if (v1 && (text = cgroup_files_text(reader->files, CGROUP_FILE_CPUACCT_STAT)))
        cgroup_parse_cpuacct_stat(text, sample);
    if ((text = cgroup_files_text(reader->files, CGROUP_FILE_CPU_STAT)))
        cgroup_parse_throttled_v1(text, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_CPU_DETAIL, sample);
}

/* The least limit of the groups above: memory.max counts for all that is below it. */
static uint64_t limit_above(const struct cgroup_reader *reader)
{
    const struct cgroup_layout *layout = reader->layout;
    CLEANUP_FREE char *dir = xstrdup(cgroup_files_dir(reader->files, CGROUP_MEMORY));
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
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_STAT);
    if (!text) {
        reader->has_memory = false;
        return;
    }
    struct cgroup_memory *memory = &reader->memory;
    reader->has_memory = true;
    if (!cgroup_files_v2(reader->files, CGROUP_MEMORY)) {
        cgroup_parse_memory_v1(text, memory);
        text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_KMEM);
        memory->has_kernel = text && cgroup_parse_number(text, &memory->kernel);
        return;
    }
    cgroup_parse_memory_v2(text, memory);
    if (reader->memory_reads++ % LIMIT_READS == 0)
        reader->parent_limit = limit_above(reader);
    text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_MAX);
    memory->has_limit = text && cgroup_parse_limit(text, &memory->limit);
    text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_SWAP);
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
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_CURRENT);
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
    if ((what & CGROUP_READ_MEMORY_STAT) && cgroup_files_dir(reader->files, CGROUP_MEMORY) &&
        !same) {
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
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_IO_OPS);
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
    if (!layout->io_counts && layout->io_asked++ % ASK_READS == 0) {
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
    bool v2 = cgroup_files_v2(reader->files, CGROUP_IO);
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_IO_BYTES);
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
    if (!cgroup_files_v2(reader->files, CGROUP_IO) &&
        say_again(reader, CGROUP_PART_IO, what, sample))
        return;
    add_io(reader, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_IO, sample); /* that it is unknown, too */
}

static void read_pids(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (say_again(reader, CGROUP_PART_PIDS, what, sample))
        return;
    read_number(reader, CGROUP_FILE_PIDS_CURRENT, FIELD_PIDS, sample);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_PIDS, sample);
}

static void read_oom(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    if (say_again(reader, CGROUP_PART_OOM, what, sample))
        return;
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_MEMORY_EVENTS);
    uint64_t count;
    if (text && parse_keyed(text, "oom_kill", &count))
        sample_set(sample, FIELD_OOM_KILLS, count);
    if (!cgroup_files_v2(reader->files, CGROUP_MEMORY))
        read_number(reader, CGROUP_FILE_MEMORY_FAILCNT, FIELD_MEM_LIMIT_HITS, sample);
    else if (text && parse_keyed(text, "max", &count))
        sample_set(sample, FIELD_MEM_LIMIT_HITS, count);
    text = cgroup_files_text(reader->files, CGROUP_FILE_PIDS_EVENTS);
    if (text && parse_keyed(text, "max", &count))
        sample_set(sample, FIELD_PIDS_LIMIT_HITS, count);
    cgroup_rest_keep(&reader->rest, CGROUP_PART_OOM, sample);
}

static void read_one_pressure(struct cgroup_reader *reader, enum cgroup_file file, enum field field,
                              struct sample *sample)
{
    const char *text = cgroup_files_text(reader->files, file);
    uint32_t value;
    if (text && psi_parse(text, &value))
        sample_set(sample, field, value);
}

static void read_pressure(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    /* Who waits for a CPU need not have run; who waits for memory or a disk has asked for it. */
    read_one_pressure(reader, CGROUP_FILE_CPU_PRESSURE, FIELD_PSI_CPU, sample);
    if (say_again(reader, CGROUP_PART_STALLS, what, sample))
        return;
    read_one_pressure(reader, CGROUP_FILE_MEMORY_PRESSURE, FIELD_PSI_MEM, sample);
    read_one_pressure(reader, CGROUP_FILE_IO_PRESSURE, FIELD_PSI_IO, sample);
    /* What is not zero decays although nothing runs. */
    if (clock_mono_ns() - reader->ran_ns >= PSI_WHOLE_NS && sample->value[FIELD_PSI_MEM] == 0 &&
        sample->value[FIELD_PSI_IO] == 0)
        cgroup_rest_keep(&reader->rest, CGROUP_PART_STALLS, sample);
    else
        cgroup_rest_drop(&reader->rest, CGROUP_PART_STALLS);
}

int cgroup_reader_read(struct cgroup_reader *reader, unsigned what, struct sample *sample)
{
    cgroup_files_begin(reader->files);
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
    return cgroup_files_gone(reader->files) ? ERR_GONE : 0;
}

void cgroup_reader_state(struct cgroup_reader *reader, struct cgroup_state *ret)
{
    struct cgroup_state state = {-1, -1, -1};
    uint64_t value;
    const char *text = cgroup_files_text(reader->files, CGROUP_FILE_EVENTS);
    if (text && parse_keyed(text, "populated", &value))
        state.populated = value != 0;
    if (text && parse_keyed(text, "frozen", &value)) {
        state.frozen = value != 0;
        text = cgroup_files_text(reader->files, CGROUP_FILE_FREEZE);
        if (text && cgroup_parse_number(text, &value))
            state.freezing = value != 0 && !state.frozen;
    }
    /* A hybrid host has both; whichever holds the guest still counts. */
    text = cgroup_files_text(reader->files, CGROUP_FILE_FREEZER_STATE);
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
