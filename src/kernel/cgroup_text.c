#include "kernel/cgroup_text.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/parse.h"

static void set_keyed(const char *text, const char *key, uint64_t factor, enum field field,
                      struct sample *sample)
{
    uint64_t value;
    if (parse_keyed(text, key, &value))
        sample_set(sample, field, parse_scale(value, factor));
}

void cgroup_parse_cpu_v2(const char *text, struct sample *sample)
{
    set_keyed(text, "usage_usec", 1000, FIELD_CPU, sample);
    set_keyed(text, "user_usec", 1000, FIELD_CPU_USER, sample);
    set_keyed(text, "system_usec", 1000, FIELD_CPU_SYSTEM, sample);
    set_keyed(text, "throttled_usec", 1000, FIELD_CPU_THROTTLED, sample);
}

void cgroup_parse_throttled_v1(const char *text, struct sample *sample)
{
    set_keyed(text, "throttled_time", 1, FIELD_CPU_THROTTLED, sample);
}

void cgroup_parse_cpuacct_stat(const char *text, struct sample *sample)
{
    uint64_t ticks;
    if (parse_keyed(text, "user", &ticks))
        sample_set(sample, FIELD_CPU_USER, parse_ticks_ns(ticks));
    if (parse_keyed(text, "system", &ticks))
        sample_set(sample, FIELD_CPU_SYSTEM, parse_ticks_ns(ticks));
}

bool cgroup_parse_number(const char *text, uint64_t *ret)
{
    uint64_t value;
    if (!parse_u64(&text, &value) || (*text && *text != '\n'))
        return false;
    *ret = value;
    return true;
}

/* Version 1 says LONG_MAX rounded down to a page when there is no limit. */
#define NEAR_ENDLESS (UINT64_C(1) << 62)

bool cgroup_parse_limit(const char *text, uint64_t *ret)
{
    uint64_t value;
    if (!cgroup_parse_number(text, &value) || value >= NEAR_ENDLESS)
        return false;
    *ret = value;
    return true;
}

/* The kernel counts tmpfs and shared memory with the files; but they cannot be dropped. */
static bool file_cache(const char *text, const char *files_key, const char *shared_key,
                       uint64_t *ret)
{
    uint64_t shared = 0;

    if (!parse_keyed(text, files_key, ret))
        return false;
    parse_keyed(text, shared_key, &shared);
    *ret = *ret > shared ? *ret - shared : 0;
    return true;
}

void cgroup_parse_memory_v1(const char *text, struct cgroup_memory *ret)
{
    *ret = (struct cgroup_memory){0};
    ret->has_inactive = parse_keyed(text, "total_inactive_file", &ret->inactive);
    ret->has_cache = file_cache(text, "total_cache", "total_shmem", &ret->cache);
    ret->has_swap = parse_keyed(text, "total_swap", &ret->swap);
    ret->has_faults = parse_keyed(text, "total_pgmajfault", &ret->faults);
    ret->has_limit =
        parse_keyed(text, "hierarchical_memory_limit", &ret->limit) && ret->limit < NEAR_ENDLESS;
}

void cgroup_parse_memory_v2(const char *text, struct cgroup_memory *ret)
{
    *ret = (struct cgroup_memory){0};
    ret->has_inactive = parse_keyed(text, "inactive_file", &ret->inactive);
    ret->has_cache = file_cache(text, "file", "shmem", &ret->cache);
    ret->has_faults = parse_keyed(text, "pgmajfault", &ret->faults);
    ret->has_kernel = parse_keyed(text, "kernel", &ret->kernel);
    if (ret->has_kernel)
        return;
    /* Linux before 5.18 has only the parts. */
    static const char *const parts[] = {"kernel_stack", "pagetables", "percpu", "slab"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        uint64_t value;
        if (parse_keyed(text, parts[i], &value)) {
            ret->has_kernel = true;
            ret->kernel = parse_add(ret->kernel, value);
        }
    }
}

static struct cgroup_io_device *find_device(struct cgroup_io *io, uint32_t major, uint32_t minor)
{
    for (size_t i = 0; i < io->count; i++) {
        if (io->device[i].major == major && io->device[i].minor == minor)
            return &io->device[i];
    }
    if (io->count == CGROUP_DEVICES_MAX)
        return NULL;
    io->device = xrealloc(io->device, io->count + 1, sizeof(*io->device));
    io->device[io->count] = (struct cgroup_io_device){.major = major, .minor = minor};
    return &io->device[io->count++];
}

/* A group's counters of a device begin at 0 with the group, so what a new line says was all done in
 * this group; a line that went away (the device was unplugged) takes nothing back. */
static void count_device(struct cgroup_io_device *device, enum cgroup_io_counter counter,
                         uint64_t value, struct cgroup_io *io)
{
    uint64_t *last = &device->last[counter];
    uint64_t grown = value >= *last ? value - *last : value;
    io->total[counter] = parse_add(io->total[counter], grown);
    *last = value;
}

static bool parse_number_pair(const char **text, uint32_t *major, uint32_t *minor)
{
    uint64_t a, b;
    if (!parse_u64(text, &a) || **text != ':')
        return false;
    (*text)++;
    if (!parse_u64(text, &b) || a > UINT32_MAX || b > UINT32_MAX)
        return false;
    *major = (uint32_t)a;
    *minor = (uint32_t)b;
    return **text == ' ' || **text == '\n' || **text == '\0';
}

bool cgroup_parse_io_v2(const char *text, struct block_cache *blocks, struct cgroup_io *io)
{
    static const char *const keys[CGROUP_IO_COUNTERS] = {"rbytes=", "wbytes=", "rios=", "wios="};
    bool sane = !*text;
    for (const char *line = *text ? text : NULL; line; line = parse_next_line(line)) {
        const char *p = line, *word;
        uint32_t major, minor;
        if (!parse_number_pair(&p, &major, &minor))
            continue; /* "(unknown)": a device without a name */
        sane = true;
        if (!block_is_bottom(blocks, major, minor))
            continue;
        struct cgroup_io_device *device = find_device(io, major, minor);
        while (device && parse_word(&p, &word) > 0) {
            for (int i = 0; i < CGROUP_IO_COUNTERS; i++) {
                size_t len = strlen(keys[i]);
                const char *number = word + len;
                uint64_t value;
                if (strncmp(word, keys[i], len) == 0 && parse_u64(&number, &value))
                    count_device(device, (enum cgroup_io_counter)i, value, io);
            }
        }
    }
    return sane;
}

bool cgroup_parse_io_v1(const char *text, struct block_cache *blocks, enum cgroup_io_counter first,
                        struct cgroup_io *io)
{
    bool sane = !*text;
    for (const char *line = *text ? text : NULL; line; line = parse_next_line(line)) {
        const char *p = line, *word;
        if (strncmp(line, "Total ", 6) == 0) {
            sane = true; /* a group that has done nothing has only this line */
            continue;
        }
        uint32_t major, minor;
        size_t len;
        uint64_t value;
        if (!parse_number_pair(&p, &major, &minor) || (len = parse_word(&p, &word)) == 0 ||
            !parse_u64(&p, &value))
            continue;
        sane = true;
        bool is_read = len == 4 && strncmp(word, "Read", 4) == 0;
        bool is_write = len == 5 && strncmp(word, "Write", 5) == 0;
        if ((!is_read && !is_write) || !block_is_bottom(blocks, major, minor))
            continue;
        struct cgroup_io_device *device = find_device(io, major, minor);
        if (device)
            count_device(device, is_read ? first : first + 1, value, io);
    }
    return sane;
}
