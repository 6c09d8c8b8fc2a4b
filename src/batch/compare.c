/* What guests cost, kind beside kind, as JSON. */
#include <jansson.h>
#include <math.h>

#include "base/cleanup.h"
#include "batch/output.h"
#include "model/compare.h"

static json_t *number(bool known, double value)
{
    return known && isfinite(value) ? json_real(round(value * 1000) / 1000) : json_null();
}

/* Bytes are whole. */
static json_t *amount(bool known, double value, bool whole)
{
    return known && isfinite(value) && whole ? json_integer(llround(value)) : number(known, value);
}

static json_t *value_json(const struct compare_value *value, enum compare_figure figure)
{
    bool known = value->count > 0;
    bool whole = batch_is_whole(compare_info(figure)->format) && compare_has_total(figure);
    const struct guest *guest = value->worst_guest;
    CLEANUP_FREE char *id = known && guest ? guest_id_text(&guest->id) : NULL;
    json_t *ret = json_object();

    json_object_set_new(ret, "count", json_integer(value->count));
    json_object_set_new(ret, "median", amount(known, value->median, whole));
    json_object_set_new(ret, "worst", amount(known, value->worst, whole));
    json_object_set_new(ret, "worst_id", id ? json_string(id) : json_null());
    if (compare_has_total(figure))
        json_object_set_new(ret, "total", amount(known, value->total, whole));
    return ret;
}

static json_t *side_json(const struct compare_side *side)
{
    json_t *ret = json_object();

    json_object_set_new(ret, "guests", json_integer(side->guests));
    json_object_set_new(ret, "running", json_integer(side->running));
    json_object_set_new(ret, "guests_per_gib", number(true, side->per_gib));
    for (int i = 0; i < COMPARE_COUNT; i++)
        json_object_set_new(ret, compare_info((enum compare_figure)i)->json,
                            value_json(&side->value[i], (enum compare_figure)i));
    return ret;
}

/* The three add up as they are written. */
static json_t *sum_json(const struct compare_sum *sum, double scale)
{
    int64_t guests = 0, other = 0, machine = 0;
    bool known = compare_round(sum, scale, &guests, &other, &machine);
    json_t *ret = json_object();

    json_object_set_new(ret, "count", json_integer(sum->known));
    json_object_set_new(ret, "live", json_integer(sum->live));
    json_object_set_new(ret, "guests", amount(known, (double)guests / scale, scale == 1));
    json_object_set_new(ret, "other", amount(known, (double)other / scale, scale == 1));
    json_object_set_new(ret, "machine", amount(known, (double)machine / scale, scale == 1));
    return ret;
}

struct json_t *batch_compare_json(const struct world *world, int64_t now_ns)
{
    struct compare compare;
    json_t *ret = json_object(), *sum = json_object();

    compare_build(&compare, world, now_ns);
    for (int i = 0; i < COMPARE_KINDS; i++)
        json_object_set_new(ret, compare_kind_name((enum compare_kind)i),
                            side_json(&compare.side[i]));
    json_object_set_new(sum, "cpu_percent", sum_json(&compare.cpu, 1000));
    json_object_set_new(sum, "mem_bytes", sum_json(&compare.mem, 1));
    json_object_set_new(ret, "sum", sum);
    return ret;
}
