#include "kernel/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/held.h"
#include "kernel/host_device.h"
#include "kernel/parse.h"
#include "kernel/psi.h"

enum source {
    STAT,
    MEMINFO,
    LOADAVG,
    UPTIME,
    HOSTNAME,
    DISKSTATS,
    PSI_CPU,
    PSI_MEMORY,
    PSI_IO,
    SOURCE_COUNT
};

static const char *const names[SOURCE_COUNT] = {
    [STAT] = "stat",
    [MEMINFO] = "meminfo",
    [LOADAVG] = "loadavg",
    [UPTIME] = "uptime",
    [HOSTNAME] = "sys/kernel/hostname",
    [DISKSTATS] = "diskstats",
    [PSI_CPU] = "pressure/cpu",
    [PSI_MEMORY] = "pressure/memory",
    [PSI_IO] = "pressure/io",
};

/* A line a CPU, 110 bytes at most, comes first in /proc/stat. */
#define BUFFER_BYTES (256 * 1024)

struct host_reader {
    const char *root;
    struct held file[SOURCE_COUNT];
    struct block_cache *blocks;
    struct host_links *links;
    char *buf;
};

struct host_reader *host_reader_new(const char *root)
{
    struct host_reader *reader = xcalloc(1, sizeof(*reader));
    reader->root = root;
    for (int i = 0; i < SOURCE_COUNT; i++)
        reader->file[i] = HELD_INIT;
    reader->blocks = block_cache_new(root);
    reader->links = host_links_new(root);
    reader->buf = xmalloc(BUFFER_BYTES);
    return reader;
}

void host_reader_free(struct host_reader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < SOURCE_COUNT; i++)
        held_close(&reader->file[i], NULL);
    block_cache_free(reader->blocks);
    host_links_free(reader->links);
    free(reader->buf);
    free(reader);
}

/* The text of a file in the reader's buffer; NULL when it cannot be read. */
static const char *text_of(struct host_reader *reader, enum source source)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%s", reader->root, names[source]))
        return NULL;
    ssize_t got = held_read(&reader->file[source], path, NULL, reader->buf, BUFFER_BYTES);
    if (got <= 0)
        return NULL;
    /* A last line that was cut off would give a number that is none. */
    if (got == BUFFER_BYTES - 1) {
        char *last = strrchr(reader->buf, '\n');
        *(last ? last + 1 : reader->buf) = '\0';
    }
    return reader->buf;
}

/* "user nice system idle iowait irq softirq steal guest guest_nice": guest is inside user,
 * guest_nice inside nice.  Old kernels have fewer. */
static bool parse_cpu(const char *p, struct host_cpu *ret)
{
    uint64_t field[8] = {0};
    int count = 0;
    while (count < 8 && parse_u64(&p, &field[count])) {
        field[count] = parse_ticks_ns(field[count]);
        count++;
    }
    if (count < 4)
        return false;
    *ret = (struct host_cpu){.user_ns = parse_add(field[0], field[1]),
                             .system_ns = parse_add(field[2], parse_add(field[5], field[6])),
                             .idle_ns = field[3],
                             .iowait_ns = field[4],
                             .steal_ns = field[7]};
    return true;
}

static void read_cpu(struct host_reader *reader, struct host_sample *ret)
{
    const char *text = text_of(reader, STAT);
    if (!text || strncmp(text, "cpu ", 4) != 0 || !parse_cpu(text + 4, &ret->total))
        return;
    for (const char *line = parse_next_line(text); line && strncmp(line, "cpu", 3) == 0;
         line = parse_next_line(line)) {
        const char *p = line + 3;
        uint64_t number;
        if (ret->cpus < HOST_CPUS_MAX && parse_u64(&p, &number) &&
            parse_cpu(p, &ret->cpu[ret->cpus]))
            ret->cpus++;
    }
    ret->has_cpu = ret->cpus > 0;
}

static uint64_t keyed_kb(const char *text, const char *key)
{
    uint64_t kb = 0;
    return parse_keyed(text, key, &kb) ? parse_scale(kb, 1024) : 0;
}

static void read_memory(struct host_reader *reader, struct host_sample *ret)
{
    const char *text = text_of(reader, MEMINFO);
    uint64_t available;
    if (!text || !parse_keyed(text, "MemAvailable:", &available))
        return;
    ret->mem_total = keyed_kb(text, "MemTotal:");
    ret->mem_free = keyed_kb(text, "MemFree:");
    ret->mem_available = parse_scale(available, 1024);
    ret->mem_cache =
        parse_add(keyed_kb(text, "Cached:"),
                  parse_add(keyed_kb(text, "Buffers:"), keyed_kb(text, "SReclaimable:")));
    ret->swap_total = keyed_kb(text, "SwapTotal:");
    uint64_t swap_free = keyed_kb(text, "SwapFree:");
    ret->swap_used = ret->swap_total > swap_free ? ret->swap_total - swap_free : 0;
    ret->has_memory = ret->mem_total > 0;
}

static void read_load(struct host_reader *reader, struct host_sample *ret)
{
    const char *text = text_of(reader, LOADAVG);
    uint64_t load[3];
    for (int i = 0; i < 3; i++) {
        if (!text || !parse_decimal(&text, 2, &load[i]))
            return;
    }
    for (int i = 0; i < 3; i++)
        ret->load[i] = (double)load[i] / 100;
    ret->has_load = true;
}

static bool read_pressure(struct host_reader *reader, enum source source, double *ret)
{
    const char *text = text_of(reader, source);
    uint32_t value;
    if (!text || !psi_parse(text, &value))
        return false;
    *ret = value / 100.0;
    return true;
}

static void read_identity(struct host_reader *reader, struct host_sample *ret)
{
    const char *text = text_of(reader, UPTIME);
    if (text)
        parse_u64(&text, &ret->uptime_s);
    text = text_of(reader, HOSTNAME);
    if (text) {
        size_t len = strcspn(text, "\n");
        if (len >= sizeof(ret->name))
            len = sizeof(ret->name) - 1;
        memcpy(ret->name, text, len);
    }
}

static void read_devices(struct host_reader *reader, struct host_sample *ret)
{
    const char *text = text_of(reader, DISKSTATS);
    int links = host_links_read(reader->links, ret->at_ns, ret->link);
    if (text)
        ret->disks = host_parse_disks(text, reader->blocks, ret->disk);
    ret->links = links > 0 ? links : 0;
    ret->has_devices = text && links >= 0;
}

void host_reader_read(struct host_reader *reader, int64_t at_ns, struct host_sample *ret)
{
    *ret = (struct host_sample){.at_ns = at_ns};
    read_identity(reader, ret);
    read_cpu(reader, ret);
    read_memory(reader, ret);
    read_load(reader, ret);
    bool cpu = read_pressure(reader, PSI_CPU, &ret->psi_cpu);
    bool memory = read_pressure(reader, PSI_MEMORY, &ret->psi_mem);
    bool io = read_pressure(reader, PSI_IO, &ret->psi_io);
    ret->has_psi = cpu && memory && io;
    read_devices(reader, ret);
}
