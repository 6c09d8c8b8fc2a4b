#include "model/listing.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/filter.h"
#include "model/problem.h"

static const char *const sort_names[SORT_KEY_COUNT - METRIC_COUNT] = {
    [SORT_NAME - METRIC_COUNT] = "name",   [SORT_KIND - METRIC_COUNT] = "kind",
    [SORT_STATE - METRIC_COUNT] = "state", [SORT_ADDRESS - METRIC_COUNT] = "addr",
    [SORT_DISK - METRIC_COUNT] = "disk",   [SORT_NET - METRIC_COUNT] = "net",
};

int sort_key_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(sort_names); i++) {
        if (strcmp(sort_names[i], name) == 0)
            return METRIC_COUNT + (int)i;
    }
    enum metric metric = metric_from_name(name);
    return metric == METRIC_COUNT ? SORT_KEY_COUNT : (int)metric;
}

const char *sort_key_name(int key)
{
    if (key < 0 || key >= SORT_KEY_COUNT)
        return "";
    return key < METRIC_COUNT ? metric_info((enum metric)key)->filter
                              : sort_names[key - METRIC_COUNT];
}

/* A textual address as bytes that sort like numbers: 10.0.0.9 before 10.0.0.10. */
struct address {
    unsigned char family;
    unsigned char bytes[16];
};

/* What is compared of a guest, worked out once for a sort and not at each comparison. */
struct row {
    struct guest *guest;
    int rank; /* of its worst problem */
    bool known;
    double figure; /* of figures, and of what has a rank */
    struct address address;
};

struct comparison {
    int key;
    int direction; /* 1 ascending, -1 descending */
};

static bool parse_address(const char *text, struct address *ret)
{
    *ret = (struct address){0};
    if (!text)
        return false;
    if (inet_pton(AF_INET, text, ret->bytes) == 1)
        ret->family = 4;
    else if (inet_pton(AF_INET6, text, ret->bytes) == 1)
        ret->family = 6;
    else
        return false;
    return true;
}

static struct row make_row(struct guest *guest, int key, int64_t now_ns)
{
    struct row row = {.guest = guest, .known = true};

    switch (key) {
    case SORT_NAME:
        break;
    case SORT_KIND:
        row.figure = guest->facts.kind;
        break;
    case SORT_STATE:
        row.figure = guest->state;
        row.known = guest->state != STATE_UNKNOWN;
        break;
    case SORT_ADDRESS:
        row.known = parse_address(guest->facts.addresses[0], &row.address);
        break;
    case SORT_DISK:
        row.known =
            guest_metric_sum(guest, METRIC_DISK_READ, METRIC_DISK_WRITE, now_ns, &row.figure);
        break;
    case SORT_NET:
        row.known = guest_metric_sum(guest, METRIC_NET_RX, METRIC_NET_TX, now_ns, &row.figure);
        break;
    default:
        row.known = guest_metric(guest, (enum metric)key, now_ns, &row.figure);
        break;
    }
    return row;
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

static int compare_names(const struct guest *a, const struct guest *b)
{
    const char *x = text_of(a->facts.name), *y = text_of(b->facts.name);
    int order = text_compare_folded(x, y);
    return order ? order : strcmp(x, y);
}

static int compare_ids(const struct guest *a, const struct guest *b)
{
    int order = strcmp(text_of(a->id.source), text_of(b->id.source));
    return order ? order : strcmp(text_of(a->id.key), text_of(b->id.key));
}

static int compare_keys(const struct row *a, const struct row *b, int key)
{
    if (key == SORT_NAME)
        return compare_names(a->guest, b->guest);
    if (key == SORT_ADDRESS)
        return memcmp(&a->address, &b->address, sizeof(a->address));
    return (a->figure > b->figure) - (a->figure < b->figure);
}

static int compare_rows(const void *left, const void *right, void *data)
{
    const struct row *a = left, *b = right;
    const struct comparison *comparison = data;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->known != b->known)
        return a->known ? -1 : 1;
    int order = a->known ? compare_keys(a, b, comparison->key) * comparison->direction : 0;
    if (order == 0)
        order = compare_names(a->guest, b->guest);
    return order ? order : compare_ids(a->guest, b->guest);
}

static bool is_text(int key)
{
    return key == SORT_NAME || key == SORT_KIND || key == SORT_STATE || key == SORT_ADDRESS;
}

static bool is_of(const struct guest *guest, enum listing_kinds kinds)
{
    if (kinds == LIST_BOTH)
        return true;
    return (guest->facts.kind == KIND_CONTAINER) == (kinds == LIST_CONTAINERS);
}

void listing_build(struct listing *listing, const struct world *world, enum listing_kinds kinds,
                   const struct query *filter, struct listing_order order, int64_t now_ns)
{
    if (order.key < 0 || order.key >= SORT_KEY_COUNT)
        order.key = SORT_NAME;
    bool calm = order.calm && order.key < METRIC_COUNT &&
                metric_info((enum metric)order.key)->format == FORMAT_PERCENT;
    size_t guests = world_guest_count(world);
    CLEANUP_FREE struct row *rows = xrealloc(NULL, guests, sizeof(*rows));

    listing->count = listing->total = listing->problems = 0;
    for (size_t i = 0; i < guests; i++) {
        struct guest *guest = world_guest_at(world, i);
        if (!is_of(guest, kinds))
            continue;
        listing->total++;
        if (query_ask(filter, world, guest, now_ns) != QUERY_YES)
            continue;
        struct row *row = &rows[listing->count++];
        *row = make_row(guest, order.key, now_ns);
        if (calm && row->figure < 1)
            row->figure = 0;
        if (!order.problems_first)
            continue;
        row->rank = problem_rank(world, guest, now_ns);
        listing->problems += row->rank != PROBLEM_RANK_NONE;
    }

    struct comparison comparison = {.key = order.key,
                                    .direction = is_text(order.key) != order.inverted ? 1 : -1};
    qsort_r(rows, listing->count, sizeof(*rows), compare_rows, &comparison);

    if (listing->capacity < listing->count) {
        listing->capacity = guests;
        listing->rows = xrealloc(listing->rows, guests, sizeof(*listing->rows));
    }
    for (size_t i = 0; i < listing->count; i++)
        listing->rows[i] = rows[i].guest;
}

void listing_clear(struct listing *listing)
{
    free(listing->rows);
    *listing = (struct listing){0};
}

long listing_find(const struct listing *listing, const struct guest_id *id)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (guest_id_equal(&listing->rows[i]->id, id))
            return (long)i;
    }
    return -1;
}
