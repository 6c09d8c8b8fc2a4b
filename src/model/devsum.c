#include "model/devsum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct device {
    uint64_t key;
    uint64_t last[DEVSUM_COUNTERS];
    bool seen;
};

struct devsum {
    uint64_t total[DEVSUM_COUNTERS];
    struct device *devices;
    size_t count, capacity;
    size_t cursor; /* where the next device is expected: they come in the same order each tick */
    bool baseline; /* the first tick is over */
};

struct devsum *devsum_new(void)
{
    return xcalloc(1, sizeof(struct devsum));
}

void devsum_free(struct devsum *sum)
{
    if (!sum)
        return;
    free(sum->devices);
    free(sum);
}

void devsum_begin(struct devsum *sum)
{
    for (size_t i = 0; i < sum->count; i++)
        sum->devices[i].seen = false;
    sum->cursor = 0;
}

static struct device *find(struct devsum *sum, uint64_t key)
{
    for (size_t step = 0; step < sum->count; step++) {
        size_t i = (sum->cursor + step) % sum->count;
        if (sum->devices[i].key == key) {
            sum->cursor = i + 1;
            return &sum->devices[i];
        }
    }
    return NULL;
}

static void add_new(struct devsum *sum, uint64_t key, const uint64_t counters[DEVSUM_COUNTERS])
{
    if (sum->count == sum->capacity) {
        sum->capacity = sum->capacity ? sum->capacity * 2 : 2;
        sum->devices = xrealloc(sum->devices, sum->capacity, sizeof(*sum->devices));
    }
    struct device *device = &sum->devices[sum->count++];
    device->key = key;
    device->seen = true;
    memcpy(device->last, counters, sizeof(device->last));
    if (sum->baseline)
        return;
    for (size_t i = 0; i < DEVSUM_COUNTERS; i++)
        sum->total[i] += counters[i];
}

void devsum_add(struct devsum *sum, uint64_t key, const uint64_t counters[DEVSUM_COUNTERS])
{
    struct device *device = find(sum, key);
    if (!device) {
        add_new(sum, key, counters);
        return;
    }
    if (device->seen) /* two of one key in a tick: which is which cannot be told */
        return;
    device->seen = true;

    bool went_back = false;
    for (size_t i = 0; i < DEVSUM_COUNTERS; i++)
        went_back = went_back || counters[i] < device->last[i];
    for (size_t i = 0; i < DEVSUM_COUNTERS && !went_back; i++)
        sum->total[i] += counters[i] - device->last[i];
    memcpy(device->last, counters, sizeof(device->last));
}

const uint64_t *devsum_end(struct devsum *sum)
{
    size_t kept = 0;
    for (size_t i = 0; i < sum->count; i++) {
        if (sum->devices[i].seen)
            sum->devices[kept++] = sum->devices[i];
    }
    sum->count = kept;
    sum->baseline = true;
    return sum->total;
}
