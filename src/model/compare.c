#include "model/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "model/world.h"

#define GIB (1024.0 * 1024 * 1024)
#define REQUEST_MAX_NS (600 * NS_PER_S) /* whoever started it so late, it was not for our wish */

static const struct compare_info infos[COMPARE_COUNT] = {
#define COMPARE_ROW(id, json_, format_, what_) \
    [COMPARE_##id] = {.json = json_, .what = what_, .format = METRIC_##format_},
    COMPARE_LIST(COMPARE_ROW)
#undef COMPARE_ROW
};

const struct compare_info *compare_info(enum compare_figure figure)
{
    return &infos[figure];
}

bool compare_has_total(enum compare_figure figure)
{
    return infos[figure].format != METRIC_BOOT;
}

const char *compare_kind_name(enum compare_kind kind)
{
    static const char *const names[COMPARE_KINDS] = {"kvm", "emulated", "lxc"};
    return names[kind];
}

static enum compare_kind kind_of(const struct guest *guest)
{
    const char *type = guest->facts.type ? guest->facts.type : "";

    if (strcmp(type, "test") == 0)
        return COMPARE_KINDS;
    if (guest->facts.kind == KIND_CONTAINER)
        return COMPARE_LXC;
    return strcmp(type, "kvm") == 0    ? COMPARE_KVM
           : strcmp(type, "qemu") == 0 ? COMPARE_EMULATED
                                       : COMPARE_KINDS;
}

/* Figures of one kind while they are gathered. */
struct heap {
    double *value;
    size_t count;
};

struct gathering {
    const struct world *world;
    int64_t now_ns;
    struct compare *compare;
    struct heap heap[COMPARE_KINDS][COMPARE_COUNT];
};

static void add(struct gathering *gathering, enum compare_kind kind, enum compare_figure figure,
                const struct guest *guest, double figure_value)
{
    struct heap *heap = &gathering->heap[kind][figure];
    struct compare_value *value = &gathering->compare->side[kind].value[figure];

    heap->value[heap->count++] = figure_value;
    value->total += figure_value;
    if (value->count++ == 0 || figure_value > value->worst) {
        value->worst = figure_value;
        value->worst_guest = guest;
    }
}

static void add_metrics(struct gathering *gathering, enum compare_kind kind,
                        const struct guest *guest)
{
    static const struct {
        enum compare_figure figure;
        enum metric one, other; /* the same: only that */
    } rows[] = {
        {COMPARE_OVERHEAD, METRIC_MEM_OVERHEAD, METRIC_MEM_OVERHEAD},
        {COMPARE_VIRT, METRIC_CPU_VIRT, METRIC_CPU_VIRT},
        {COMPARE_DISK, METRIC_DISK_READ, METRIC_DISK_WRITE},
        {COMPARE_DISK_OPS, METRIC_DISK_READ_OPS, METRIC_DISK_WRITE_OPS},
        {COMPARE_READ_TIME, METRIC_DISK_READ_TIME, METRIC_DISK_READ_TIME},
        {COMPARE_WRITE_TIME, METRIC_DISK_WRITE_TIME, METRIC_DISK_WRITE_TIME},
        {COMPARE_NET, METRIC_NET_RX, METRIC_NET_TX},
        {COMPARE_MEM_HOST, METRIC_MEM_HOST, METRIC_MEM_HOST},
    };
    const struct metrics *metrics = &guest->metrics;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (!metrics_has(metrics, rows[i].one) || !metrics_has(metrics, rows[i].other))
            continue;
        double value = metrics->value[rows[i].one];
        if (rows[i].other != rows[i].one)
            value += metrics->value[rows[i].other];
        add(gathering, kind, rows[i].figure, guest, value);
    }
}

static void add_to_sum(struct compare_sum *sum, const struct guest *guest, enum metric metric,
                       bool fresh)
{
    sum->live++;
    if (!fresh || !metrics_has(&guest->metrics, metric))
        return;
    sum->known++;
    sum->guests += guest->metrics.value[metric];
}

static void add_guest(struct gathering *gathering, const struct guest *guest)
{
    struct compare *compare = gathering->compare;
    enum compare_kind kind = kind_of(guest);
    bool fresh = !guest_is_stale(guest, gathering->now_ns, world_period(gathering->world));

    if (!world_guest_is_here(gathering->world, guest))
        return;
    if (kind < COMPARE_KINDS) {
        compare->side[kind].guests++;
        compare->side[kind].running += guest->state == STATE_RUNNING;
    }
    if (!state_is_live(guest->state))
        return;
    add_to_sum(&compare->cpu, guest, METRIC_CPU, fresh);
    add_to_sum(&compare->mem, guest, METRIC_MEM_HOST, fresh);
    if (kind == COMPARE_KINDS || guest->state != STATE_RUNNING || !fresh)
        return;
    add_metrics(gathering, kind, guest);
}

static void add_starts(struct gathering *gathering)
{
    const struct starts *starts = world_starts(gathering->world);

    for (size_t i = 0; i < starts->count && i < STARTS_MAX; i++) {
        const struct start *start = &starts->start[i];
        add(gathering, start->kind, COMPARE_BOOT, NULL, start->boot_ms);
        if (start->request_ms >= 0)
            add(gathering, start->kind, COMPARE_REQUEST, NULL, start->request_ms);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct heap *heap)
{
    size_t half = heap->count / 2;

    if (heap->count == 0)
        return NAN;
    qsort(heap->value, heap->count, sizeof(heap->value[0]), by_value);
    return heap->count % 2 ? heap->value[half] : (heap->value[half - 1] + heap->value[half]) / 2;
}

static void finish(struct gathering *gathering)
{
    struct compare *compare = gathering->compare;
    const struct host *host = world_host_get(gathering->world);
    const struct host_sample *cur = &host->cur;

    for (int kind = 0; kind < COMPARE_KINDS; kind++) {
        struct compare_side *side = &compare->side[kind];
        for (int figure = 0; figure < COMPARE_COUNT; figure++)
            side->value[figure].median = median(&gathering->heap[kind][figure]);
        const struct compare_value *host_memory = &side->value[COMPARE_MEM_HOST];
        side->per_gib =
            host_memory->total > 0 ? host_memory->count / (host_memory->total / GIB) : NAN;
    }
    compare->cpu.machine = cur->at_ns ? host->figures.cpu : NAN;
    compare->mem.machine =
        cur->at_ns && cur->has_memory ? (double)(cur->mem_total - cur->mem_free) : NAN;
    if (compare->cpu.live > 0 && compare->cpu.known == 0)
        compare->cpu.guests = NAN;
    if (compare->mem.live > 0 && compare->mem.known == 0)
        compare->mem.guests = NAN;
}

void compare_build(struct compare *ret, const struct world *world, int64_t now_ns)
{
    struct gathering gathering = {.world = world, .now_ns = now_ns, .compare = ret};
    size_t room = world_guest_count(world) + STARTS_MAX;
    CLEANUP_FREE double *values = xcalloc(room * COMPARE_KINDS * COMPARE_COUNT, sizeof(values[0]));

    *ret = (struct compare){0};
    for (int kind = 0; kind < COMPARE_KINDS; kind++)
        for (int figure = 0; figure < COMPARE_COUNT; figure++)
            gathering.heap[kind][figure].value =
                values + room * (size_t)(kind * COMPARE_COUNT + figure);
    for (size_t i = 0; i < world_guest_count(world); i++)
        add_guest(&gathering, world_guest_at(world, i));
    add_starts(&gathering);
    finish(&gathering);
}

bool compare_round(const struct compare_sum *sum, double scale, int64_t *ret_guests,
                   int64_t *ret_other, int64_t *ret_machine)
{
    if (!isfinite(sum->guests) || !isfinite(sum->machine))
        return false;
    *ret_guests = llround(sum->guests * scale);
    *ret_machine = llround(sum->machine * scale);
    *ret_other = *ret_machine - *ret_guests;
    return true;
}

void starts_look(struct starts *starts, struct guest *guest)
{
    const struct sample *cur = &guest->cur;
    enum compare_kind kind = kind_of(guest);

    if (guest->seen.start_known || !sample_has(cur, FIELD_BOOT) || kind == COMPARE_KINDS)
        return;
    guest->seen.start_known = true;
    struct start *start = &starts->start[starts->count++ % STARTS_MAX];
    *start =
        (struct start){.kind = kind, .boot_ms = (double)cur->value[FIELD_BOOT], .request_ms = -1};
    if (!guest->seen.start_asked_ns || !sample_has(cur, FIELD_READY))
        return;
    int64_t ready_ns = cur->at_ns - (int64_t)(cur->value[FIELD_READY] * (uint64_t)NS_PER_MS);
    int64_t took_ns = ready_ns - guest->seen.start_asked_ns;
    guest->seen.start_asked_ns = 0;
    if (took_ns >= 0 && took_ns < REQUEST_MAX_NS)
        start->request_ms = (double)took_ns / NS_PER_MS;
}
