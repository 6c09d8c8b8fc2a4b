/* A world of two sources, and short words to feed it. */
#ifndef VCTOP_TESTS_MODEL_WORLD_RIG_H
#define VCTOP_TESTS_MODEL_WORLD_RIG_H

#include "base/clock.h"
#include "model/world.h"

#define VM "libvirt:qemu:///system"
#define CT "lxc:/var/lib/lxc"
#define AT(seconds) ((int64_t)(seconds)*NS_PER_S)

static struct world *world;

static inline void set_up(void)
{
    world = world_new(2 * NS_PER_S);
    world_add_source(world, VM, true);
    world_add_source(world, CT, false);
}

static inline void tear_down(void)
{
    world_free(world);
    world_free(NULL);
}

static inline void source_is(const char *source, enum source_state state, const char *error, int at)
{
    world_source_state(world, source, state, error, NULL, NULL, AT(at), AT(at));
}

static inline struct guest *facts(const char *source, uint32_t handle, const char *key,
                                  const char *life, int at)
{
    struct facts facts = {.handle = handle,
                          .key = (char *)key,
                          .name = (char *)key,
                          .life = (char *)life,
                          .persistent = 1};
    world_facts(world, source, &facts, AT(at), AT(at));
    return world_find_handle(world, source, handle);
}

static inline void row(const char *source, uint32_t handle, enum guest_state state, uint64_t cpu_s,
                       int at)
{
    struct sample sample = {.at_ns = AT(at)};
    sample_set(&sample, FIELD_CPU, cpu_s * (uint64_t)NS_PER_S);
    sample_set(&sample, FIELD_MEM_HOST, 1000);
    world_row(world, source, handle, state, NULL, NULL, &sample, AT(at), AT(at));
}

static inline void blame(uint32_t handle, const char *why, int at)
{
    world_row(world, VM, handle, STATE_RUNNING, NULL, why, NULL, AT(at), AT(at));
}

static inline size_t events(void)
{
    return event_log_count(world_events(world));
}

static inline const struct event *newest(void)
{
    return event_log_get(world_events(world), 0);
}

#endif
