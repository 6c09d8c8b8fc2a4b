#include "batch/json.h"

#include <math.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "model/problem.h"

#define REAL_DIGITS 15

static json_t *bytes_or_null(bool known, uint64_t value)
{
    return known ? json_integer((json_int_t)value) : json_null();
}

static json_t *flag_or_null(int flag)
{
    return flag < 0 ? json_null() : json_boolean(flag);
}

static json_t *place_guests_json(const struct world *world, const struct place *place)
{
    size_t max = world_guest_count(world);
    CLEANUP_FREE const struct guest **guests = xcalloc(max + 1, sizeof(struct guest *));
    size_t count = place_guests(world, place, guests, max);
    json_t *ret = json_array();

    for (size_t i = 0; i < count; i++) {
        CLEANUP_FREE char *id = guest_id_text(&guests[i]->id);
        json_array_append_new(ret, batch_json_text(id));
    }
    return ret;
}

static json_t *place_json(const struct world *world, const struct place *place, int64_t now_ns)
{
    static const char *const kinds[] = {
        [PLACE_FS] = "fs", [PLACE_POOL] = "pool", [PLACE_THIN] = "thin"};
    bool bytes = place->has_bytes, inodes = place->has_inodes, known = place->at_ns > 0;
    bool fine = place_trouble(place) == PLACE_FINE;
    json_t *ret = json_object();

    json_object_set_new(ret, "name", batch_json_text(place->name));
    json_object_set_new(ret, "kind", batch_json_text(kinds[place->kind]));
    json_object_set_new(ret, "detail", batch_json_text(place->detail));
    json_object_set_new(ret, "total_bytes", bytes_or_null(bytes, place->total));
    json_object_set_new(ret, "avail_bytes", bytes_or_null(bytes, place->avail));
    json_object_set_new(ret, "inodes_total", bytes_or_null(inodes, place->inodes_total));
    json_object_set_new(ret, "inodes_avail", bytes_or_null(inodes, place->inodes_avail));
    json_object_set_new(ret, "read_only", flag_or_null(known ? place->read_only : -1));
    json_object_set_new(ret, "seconds_to_full",
                        batch_json_real(true, place_seconds_to_full(place, now_ns)));
    json_object_set_new(ret, "trouble", batch_json_text(fine ? NULL : place_trouble_words(place)));
    json_object_set_new(ret, "guests", place_guests_json(world, place));
    json_object_set_new(ret, "age_s",
                        batch_json_real(known, (double)(now_ns - place->at_ns) / NS_PER_S));
    return ret;
}

static json_t *storage_json(const struct world *world, int64_t now_ns)
{
    json_t *ret = json_array();

    for (size_t i = 0; i < world_place_count(world); i++)
        json_array_append_new(ret, place_json(world, world_place_at(world, i), now_ns));
    return ret;
}

static json_t *host_json(const struct world *world, int64_t now_ns)
{
    const struct host *host = world_host_get(world);
    const struct host_sample *cur = &host->cur;
    const struct host_figures *f = &host->figures;
    bool memory = cur->has_memory;
    double guests_cpu = 0;
    json_t *ret, *cpus;

    if (cur->at_ns == 0)
        return json_null();
    ret = json_object();
    json_object_set_new(ret, "name", batch_json_text(cur->name));
    json_object_set_new(ret, "uptime_s", json_integer((json_int_t)cur->uptime_s));
    json_object_set_new(ret, "cpus", json_integer(cur->cpus));
    json_object_set_new(ret, "cpu_percent", batch_json_real(true, f->cpu));
    json_object_set_new(ret, "cpu_user_percent", batch_json_real(true, f->user));
    json_object_set_new(ret, "cpu_system_percent", batch_json_real(true, f->system));
    json_object_set_new(ret, "cpu_iowait_percent", batch_json_real(true, f->iowait));
    json_object_set_new(ret, "cpu_steal_percent", batch_json_real(true, f->steal));
    json_object_set_new(ret, "guests_cpu_percent",
                        batch_json_real(batch_guests_cpu(world, &guests_cpu), guests_cpu));
    json_object_set_new(ret, "mem_total_bytes", bytes_or_null(memory, cur->mem_total));
    json_object_set_new(ret, "mem_used_bytes",
                        bytes_or_null(memory, cur->mem_total - cur->mem_available));
    json_object_set_new(ret, "mem_free_bytes", bytes_or_null(memory, cur->mem_free));
    json_object_set_new(ret, "mem_available_bytes", bytes_or_null(memory, cur->mem_available));
    json_object_set_new(ret, "mem_cache_bytes", bytes_or_null(memory, cur->mem_cache));
    json_object_set_new(ret, "swap_total_bytes", bytes_or_null(memory, cur->swap_total));
    json_object_set_new(ret, "swap_used_bytes", bytes_or_null(memory, cur->swap_used));
    json_object_set_new(ret, "load1", batch_json_real(cur->has_load, cur->load[0]));
    json_object_set_new(ret, "load5", batch_json_real(cur->has_load, cur->load[1]));
    json_object_set_new(ret, "load15", batch_json_real(cur->has_load, cur->load[2]));
    json_object_set_new(ret, "psi_cpu", batch_json_real(cur->has_psi, cur->psi_cpu));
    json_object_set_new(ret, "psi_mem", batch_json_real(cur->has_psi, cur->psi_mem));
    json_object_set_new(ret, "psi_io", batch_json_real(cur->has_psi, cur->psi_io));
    json_object_set_new(ret, "disk_read_bps", batch_json_real(true, f->disk_read_bps));
    json_object_set_new(ret, "disk_write_bps", batch_json_real(true, f->disk_write_bps));
    json_object_set_new(ret, "net_rx_bps", batch_json_real(true, f->net_rx_bps));
    json_object_set_new(ret, "net_tx_bps", batch_json_real(true, f->net_tx_bps));
    cpus = json_array();
    for (int i = 0; i < f->cpus && i < HOST_CPUS_MAX; i++)
        json_array_append_new(cpus, batch_json_real(true, (double)f->per_cpu[i]));
    json_object_set_new(ret, "per_cpu_percent", cpus);
    json_object_set_new(ret, "storage", storage_json(world, now_ns));
    return ret;
}

static json_t *sources_json(const struct world *world, int64_t now_ns)
{
    json_t *ret = json_array();

    for (size_t i = 0; i < world_source_count(world); i++) {
        const struct source *source = world_source_at(world, i);
        json_t *object = json_object();
        json_object_set_new(object, "id", batch_json_text(source->id));
        json_object_set_new(object, "state", batch_json_text(source_state_name(source->state)));
        json_object_set_new(object, "error", batch_json_text(source->error));
        int64_t age_ns = 0;
        bool restarted = source_was_restarted(source, now_ns, &age_ns);
        json_object_set_new(object, "restarted_s",
                            batch_json_real(restarted, (double)age_ns / NS_PER_S));
        json_array_append_new(ret, object);
    }
    return ret;
}

/* What is wrong with the host itself: sources and storage. */
static json_t *problems_json(const struct batch_sample *sample)
{
    const struct world *world = sample->world;
    json_t *ret = json_array();
    struct problem problem;

    for (size_t i = 0; i < world_source_count(world); i++)
        if (problem_of_source(world_source_at(world, i), sample->now_ns, &problem))
            json_array_append_new(ret, batch_json_text(problem.cause));
    for (size_t i = 0; i < world_place_count(world); i++)
        if (problem_of_place(world, world_place_at(world, i), sample->now_ns, &problem))
            json_array_append_new(ret, batch_json_text(problem.cause));
    return ret;
}

static void add_metrics(json_t *object, const struct guest *guest, int64_t now_ns)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        enum metric metric = (enum metric)i;
        double value = 0;
        bool known = guest_metric(guest, metric, now_ns, &value) && isfinite(value);

        json_object_set_new(object, metric_info(metric)->json,
                            known && batch_is_whole(metric) ? json_integer(llround(value))
                                                            : batch_json_real(known, value));
    }
}

static json_t *guest_json(const struct batch_sample *sample, const struct guest *guest)
{
    const struct facts *facts = &guest->facts;
    CLEANUP_FREE char *id = guest_id_text(&guest->id);
    json_t *object = json_object();
    json_t *addresses = json_array();
    struct problem problem;
    char why[200];
    int64_t since;
    bool stale = world_stale(sample->world, guest, sample->now_ns, why, sizeof(why), &since);

    json_object_set_new(object, "name", batch_json_text(facts->name));
    json_object_set_new(object, "kind", batch_json_text(kind_name(facts->kind)));
    json_object_set_new(object, "state", batch_json_text(state_name(guest->state)));
    json_object_set_new(object, "state_reason", batch_json_text(guest->reason));
    json_object_set_new(object, "source", batch_json_text(guest->id.source));
    json_object_set_new(object, "id", batch_json_text(id));
    add_metrics(object, guest, sample->now_ns);
    json_object_set_new(object, "title", batch_json_text(facts->title));
    json_object_set_new(object, "type", batch_json_text(facts->type));
    json_object_set_new(object, "manager", batch_json_text(facts->manager));
    json_object_set_new(object, "autostart", flag_or_null(facts->autostart));
    json_object_set_new(object, "persistent", flag_or_null(facts->persistent));
    json_object_set_new(object, "vcpus", bytes_or_null(facts->vcpus > 0, facts->vcpus));
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX && facts->addresses[i]; i++)
        json_array_append_new(addresses, batch_json_text(facts->addresses[i]));
    json_object_set_new(object, "addresses", addresses);
    json_object_set_new(object, "isolation", batch_isolation_json(guest));
    json_object_set_new(object, "problem",
                        batch_json_text(problem_now(sample->world, guest, sample->now_ns, &problem)
                                            ? problem.cause
                                            : NULL));
    json_object_set_new(object, "stale", batch_json_text(stale ? why : NULL));
    batch_json_parts(sample, guest, object);
    return object;
}

void batch_json_line(const struct batch_sample *sample, FILE *out)
{
    char time[TIME_MAX];
    json_t *root = json_object();
    json_t *guests = json_array();
    size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS);

    batch_time(time, sample->wall_ns);
    json_object_set_new(root, "time", json_string(time));
    json_object_set_new(root, "interval_s", batch_json_real(true, sample->interval_s));
    json_object_set_new(root, "host", host_json(sample->world, sample->now_ns));
    json_object_set_new(root, "sources", sources_json(sample->world, sample->now_ns));
    json_object_set_new(root, "problems", problems_json(sample));
    for (size_t i = 0; i < sample->listing->count; i++)
        json_array_append_new(guests, guest_json(sample, sample->listing->rows[i]));
    json_object_set_new(root, "guests", guests);
    json_object_set_new(root, "compare", batch_compare_json(sample->world, sample->now_ns));
    json_dumpf(root, out, flags | (sample->ascii ? JSON_ENSURE_ASCII : 0));
    fputc('\n', out);
    json_decref(root);
}
