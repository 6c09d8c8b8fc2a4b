#include "kernel/cgroup_part.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "kernel/cgroup_text.h"
#include "kernel/parse.h"

static const char *read_file(struct cgroup_layout *layout, const struct cgroup_reader *reader,
                             enum cgroup_controller controller, const char *name)
{
    const char *dir = cgroup_reader_dir(reader, controller);
    char path[KERNEL_PATH_MAX];

    if (!dir || !kernel_path(path, "%s/%s", dir, name) ||
        io_read_file(AT_FDCWD, path, layout->scratch, CGROUP_SCRATCH_BYTES) < 0)
        return NULL;
    return layout->scratch;
}

static bool read_devices(struct cgroup_layout *layout, const struct cgroup_reader *reader,
                         struct cgroup_io *io)
{
    const char *text;

    if (layout->mount[CGROUP_IO].v2) {
        text = read_file(layout, reader, CGROUP_IO, "io.stat");
        return text && cgroup_parse_io_v2(text, layout->blocks, io);
    }
    text = read_file(layout, reader, CGROUP_IO, "blkio.throttle.io_service_bytes_recursive");
    if (!text || !cgroup_parse_io_v1(text, layout->blocks, CGROUP_IO_READ, io))
        return false;
    text = read_file(layout, reader, CGROUP_IO, "blkio.throttle.io_serviced_recursive");
    return text && cgroup_parse_io_v1(text, layout->blocks, CGROUP_IO_READ_OPS, io);
}

void cgroup_part_disks(struct cgroup_layout *layout, struct cgroup_reader *reader,
                       struct parts *parts)
{
    struct cgroup_io io = {0};
    struct sample sample = {0};

    cgroup_reader_read(reader, CGROUP_READ_IO, &sample);
    bool counted = sample_has(&sample, FIELD_DISK_READ) && read_devices(layout, reader, &io);
    for (size_t i = 0; counted && i < io.count; i++) {
        const struct cgroup_io_device *device = &io.device[i];
        char name[32];
        block_name(layout->root, device->major, device->minor, name, sizeof(name));
        struct part *part = parts_add(parts, PART_DISK, 0, name);
        part->at_ns = clock_mono_ns();
        part_set(part, PART_FIELD_READ, device->last[CGROUP_IO_READ]);
        part_set(part, PART_FIELD_WRITE, device->last[CGROUP_IO_WRITE]);
        part_set(part, PART_FIELD_READ_OPS, device->last[CGROUP_IO_READ_OPS]);
        part_set(part, PART_FIELD_WRITE_OPS, device->last[CGROUP_IO_WRITE_OPS]);
    }
    free(io.device);
}

static void set_keyed(const char *text, const char *key, enum part_field field, struct part *part)
{
    uint64_t value;

    if (parse_keyed(text, key, &value))
        part_set(part, field, value);
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* What follows from the group's use.  USED is that of the samples, or one guest had two of them:
 * the rest is files that it has not used for long. */
static void set_segments(const struct sample *sample, struct part *part)
{
    uint64_t current = sample->value[FIELD_MEM_HOST];

    if (sample_has(sample, FIELD_MEM_USED)) {
        part_set(part, PART_FIELD_USED, sample->value[FIELD_MEM_USED]);
        part_set(part, PART_FIELD_CACHE, less(current, sample->value[FIELD_MEM_USED]));
    }
    part_set(part, PART_FIELD_HOST, current);
    if (sample_has(sample, FIELD_MEM_LIMIT)) {
        part_set(part, PART_FIELD_LIMIT, sample->value[FIELD_MEM_LIMIT]);
        part_set(part, PART_FIELD_FREE, less(sample->value[FIELD_MEM_LIMIT], current));
    }
    if (sample_has(sample, FIELD_MEM_OVERHEAD))
        part_set(part, PART_FIELD_KERNEL, sample->value[FIELD_MEM_OVERHEAD]);
}

void cgroup_part_memory(struct cgroup_layout *layout, struct cgroup_reader *reader,
                        struct parts *parts)
{
    bool v2 = layout->mount[CGROUP_MEMORY].v2;
    struct sample sample = {0};
    uint64_t swap;

    cgroup_reader_read(reader, CGROUP_READ_MEMORY | CGROUP_READ_MEMORY_STAT, &sample);
    if (!sample_has(&sample, FIELD_MEM_HOST))
        return;
    struct part *part = parts_add(parts, PART_MEMORY, 0, "memory");
    part->at_ns = clock_mono_ns();
    const char *text = read_file(layout, reader, CGROUP_MEMORY, "memory.stat");
    if (text) {
        set_keyed(text, v2 ? "shmem" : "total_shmem", PART_FIELD_SHARED, part);
        set_keyed(text, v2 ? "pgmajfault" : "total_pgmajfault", PART_FIELD_MAJOR_FAULTS, part);
        if (!v2)
            set_keyed(text, "total_swap", PART_FIELD_SWAP, part);
    }
    set_segments(&sample, part);
    text = v2 ? read_file(layout, reader, CGROUP_MEMORY, "memory.swap.current") : NULL;
    if (text && cgroup_parse_number(text, &swap))
        part_set(part, PART_FIELD_SWAP, swap);
}
