/* The parts of the one guest that was selected, as JSON. */
#include <math.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "batch/json.h"
#include "model/part.h"

/* What is written of a part; a counter as what it grows by in a second, times SCALE. */
struct figure {
    const char *key;
    enum part_field field;
    double scale;
    enum part_field ops; /* not the field itself: milliseconds for each of these */
    bool total;          /* the counter itself, for whoever makes rates of his own */
};

#define RATE(id, key_) \
    { \
        .key = key_, .field = PART_FIELD_##id, .ops = PART_FIELD_##id, .scale = 1 \
    }
#define SHARE(id, key_) \
    { \
        .key = key_, .field = PART_FIELD_##id, .ops = PART_FIELD_##id, .scale = 100.0 / NS_PER_S \
    }
#define LATENCY(id, ops_, key_) \
    { \
        .key = key_, .field = PART_FIELD_##id, .ops = PART_FIELD_##ops_, .scale = 1.0 / NS_PER_MS \
    }

#define TOTAL(id, key_) \
    { \
        .key = key_, .field = PART_FIELD_##id, .ops = PART_FIELD_##id, .total = true \
    }

static const struct figure disk_figures[] = {
    TOTAL(READ, "read_bytes"),
    TOTAL(WRITE, "write_bytes"),
    RATE(READ, "read_bps"),
    RATE(WRITE, "write_bps"),
    RATE(READ_OPS, "read_iops"),
    RATE(WRITE_OPS, "write_iops"),
    RATE(FLUSH_OPS, "flush_iops"),
    LATENCY(READ_NS, READ_OPS, "read_latency_ms"),
    LATENCY(WRITE_NS, WRITE_OPS, "write_latency_ms"),
    LATENCY(FLUSH_NS, FLUSH_OPS, "flush_latency_ms"),
    RATE(ALLOCATION, "allocation_bytes"),
    RATE(CAPACITY, "capacity_bytes"),
};
static const struct figure link_figures[] = {
    RATE(RX, "rx_bps"),
    RATE(TX, "tx_bps"),
    RATE(RX_PACKETS, "rx_pps"),
    RATE(TX_PACKETS, "tx_pps"),
    RATE(RX_ERRORS, "rx_errors_ps"),
    RATE(TX_ERRORS, "tx_errors_ps"),
    RATE(RX_DROPS, "rx_drops_ps"),
    RATE(TX_DROPS, "tx_drops_ps"),
    RATE(BRIDGE_DROPS, "bridge_drops_ps"),
    RATE(UPLINK_DROPS, "uplink_drops_ps"),
};
static const struct figure thread_figures[] = {
    SHARE(CPU, "cpu_percent"),
    SHARE(WAIT, "wait_percent"),
    RATE(LAST_CPU, "last_cpu"),
    RATE(TID, "tid"),
};
static const struct figure process_figures[] = {
    SHARE(CPU, "cpu_percent"),
    RATE(RSS, "rss_bytes"),
    RATE(LAST_CPU, "last_cpu"),
};
static const struct figure memory_figures[] = {
    RATE(USED, "used_bytes"),       RATE(CACHE, "cache_bytes"),
    RATE(FREE, "free_bytes"),       RATE(BALLOON, "balloon_bytes"),
    RATE(LIMIT, "limit_bytes"),     RATE(HOST, "host_bytes"),
    RATE(SWAP, "swap_bytes"),       RATE(SWAP_IN, "swap_in_bps"),
    RATE(SWAP_OUT, "swap_out_bps"), RATE(MAJOR_FAULTS, "major_faults_ps"),
    RATE(SHARED, "shared_bytes"),   RATE(KERNEL, "kernel_bytes"),
};

static const char *const kind_names[PART_KINDS] = {
    [PART_DISK] = "disk",         [PART_LINK] = "link",         [PART_VCPU] = "vcpu",
    [PART_EMULATOR] = "emulator", [PART_IOTHREAD] = "iothread", [PART_PROCESS] = "process",
    [PART_MEMORY] = "memory",
};

#define THREADS (PART_BIT(PART_VCPU) | PART_BIT(PART_EMULATOR) | PART_BIT(PART_IOTHREAD))

/* A member of the guest's object and what is in it. */
static const struct section {
    const char *key;
    unsigned kinds;
    const struct figure *figures;
    size_t figure_count;
    const char *number; /* key of the parts' numbers, NULL: they have none */
    const char *words[PART_WORDS];
} sections[] = {
    {.key = "guest_disks",
     .kinds = PART_BIT(PART_DISK),
     .figures = disk_figures,
     .figure_count = ARRAY_SIZE(disk_figures),
     .words = {"image", "format", "pool"}},
    {.key = "guest_links",
     .kinds = PART_BIT(PART_LINK),
     .figures = link_figures,
     .figure_count = ARRAY_SIZE(link_figures),
     .words = {"host_end", "bridge", "uplink", "address"}},
    {.key = "guest_threads",
     .kinds = THREADS,
     .figures = thread_figures,
     .figure_count = ARRAY_SIZE(thread_figures),
     .words = {"state", "allowed_cpus"}},
    {.key = "guest_processes",
     .kinds = PART_BIT(PART_PROCESS),
     .figures = process_figures,
     .figure_count = ARRAY_SIZE(process_figures),
     .number = "pid",
     .words = {"state", "command", "user"}},
    {.key = "guest_memory",
     .kinds = PART_BIT(PART_MEMORY),
     .figures = memory_figures,
     .figure_count = ARRAY_SIZE(memory_figures)},
};

static json_t *figure_json(const struct world *world, const struct part *part,
                           const struct figure *figure)
{
    double value = 0;
    bool known;

    if (figure->ops != figure->field) {
        known = world_part_latency(world, part, figure->field, figure->ops, &value);
    } else if (part_field_is_counter(figure->field) && !figure->total) {
        known = world_part_rate(world, part, figure->field, &value);
    } else if (part_has(part, figure->field)) {
        return json_integer((json_int_t)part->value[figure->field]);
    } else {
        return json_null();
    }
    return batch_json_real(known, value * figure->scale);
}

static json_t *part_json(const struct batch_sample *sample, const struct section *section,
                         const struct part *part)
{
    json_t *ret = json_object();

    json_object_set_new(ret, "name", batch_json_text(part->name));
    json_object_set_new(ret, "kind", batch_json_text(kind_names[part->kind]));
    if (section->number)
        json_object_set_new(ret, section->number, json_integer(part->number));
    for (int i = 0; i < PART_WORDS && section->words[i]; i++)
        json_object_set_new(ret, section->words[i], batch_json_text(part->words[i]));
    for (size_t i = 0; i < section->figure_count; i++)
        json_object_set_new(ret, section->figures[i].key,
                            figure_json(sample->world, part, &section->figures[i]));
    json_object_set_new(
        ret, "age_s",
        batch_json_real(part->at_ns > 0, (double)(sample->now_ns - part->at_ns) / NS_PER_S));
    return ret;
}

void batch_json_parts(const struct batch_sample *sample, const struct guest *guest, json_t *object)
{
    const struct parts *parts = world_parts_of(sample->world, guest);

    for (size_t s = 0; parts && s < ARRAY_SIZE(sections); s++) {
        json_t *list = json_array();
        for (size_t i = 0; i < parts->count; i++)
            if (sections[s].kinds & PART_BIT(parts->part[i].kind))
                json_array_append_new(list, part_json(sample, &sections[s], &parts->part[i]));
        if (!json_array_size(list) && (parts->none & sections[s].kinds) != sections[s].kinds) {
            json_decref(list);
            list = json_null();
        }
        json_object_set_new(object, sections[s].key, list);
    }
}
