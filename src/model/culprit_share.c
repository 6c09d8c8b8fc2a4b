#include "model/culprit_share.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 8 /* of places that stand on each other */

/* What was read of GUEST, NULL when it was not or nothing could be. */
static const struct isolation_value *fact_of(const struct guest *guest, enum isolation_fact fact)
{
    const struct isolation_value *value =
        guest->isolation ? &guest->isolation->facts.at[fact] : NULL;

    return value && value->known && value->count ? value : NULL;
}

/* ---- CPUs ---- */

static bool cpus_of(const struct guest *guest, struct cpus *ret)
{
    const struct isolation_value *value = fact_of(guest, ISOLATION_FACT_CPUS);

    *ret = (struct cpus){0};
    return value && cpus_add(ret, value->text[0]);
}

static bool share_cpus(const struct share_ground *ground, const struct guest *other,
                       struct culprit *ret)
{
    struct cpus both;
    char list[32];

    ret->unsure = !ground->has_cpus || !cpus_of(other, &both);
    if (ret->unsure)
        return true;
    size_t count = cpus_intersect(&both, &ground->cpus);
    cpus_text(&both, list, sizeof(list));
    /* All of the host's go without saying. */
    if ((int64_t)count != world_host_get(ground->world)->cur.cpus)
        snprintf(ret->shared, sizeof(ret->shared), "CPU%s %s", count > 1 ? "s" : "", list);
    return count > 0;
}

/* ---- storage ---- */

static bool stands_on(const struct world *world, const struct guest *guest,
                      const struct place *place)
{
    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *at = world_place_of_disk(world, guest, i);

        for (int depth = 0; at && depth < DEPTH_MAX; depth++, at = world_place_below(world, at))
            if (at == place)
                return true;
    }
    return false;
}

/* The innermost place of the one that the other stands on too. */
static bool share_place(const struct share_ground *ground, const struct guest *other,
                        struct culprit *ret)
{
    const struct world *world = ground->world;
    const struct guest *guest = ground->guest;

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *at = world_place_of_disk(world, guest, i);

        for (int depth = 0; at && depth < DEPTH_MAX; depth++, at = world_place_below(world, at)) {
            if (!stands_on(world, other, at))
                continue;
            snprintf(ret->shared, sizeof(ret->shared), "%.40s", at->name);
            return true;
        }
    }
    return false;
}

/* ---- links ---- */

/* TEXT is "bridge -> uplink" or "bridge".  The uplink, NULL none. */
static const char *uplink_of(const char *text, size_t *bridge)
{
    const char *arrow = strstr(text, ISOLATION_UPLINK);

    *bridge = arrow ? (size_t)(arrow - text) : strlen(text);
    return arrow ? arrow + strlen(ISOLATION_UPLINK) : NULL;
}

/* One way of each: what they have in common into SHARED.  Bridges without an uplink may both be
 * routed by the host, over the same one: UNSURE. */
static bool share_way(const char *a, const char *b, struct culprit *ret)
{
    size_t a_bridge, b_bridge;
    const char *a_up = uplink_of(a, &a_bridge), *b_up = uplink_of(b, &b_bridge);

    if (a_up && b_up && strcmp(a_up, b_up) == 0)
        snprintf(ret->shared, sizeof(ret->shared), "%.40s", a_up);
    else if (a_bridge == b_bridge && memcmp(a, b, a_bridge) == 0)
        snprintf(ret->shared, sizeof(ret->shared), "%.*s", (int)a_bridge, a);
    else if (!a_up || !b_up)
        ret->unsure = true;
    return ret->shared[0];
}

static bool share_network(const struct share_ground *ground, const struct guest *other,
                          struct culprit *ret)
{
    const struct isolation_value *a = fact_of(ground->guest, ISOLATION_FACT_NETWORK);
    const struct isolation_value *b = fact_of(other, ISOLATION_FACT_NETWORK);

    if (!a || !b)
        return ret->unsure = true;
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (share_way(a->text[i], b->text[j], ret)) {
                ret->unsure = false;
                return true;
            }
    return ret->unsure;
}

/* ---- all ---- */

void share_ground_init(struct share_ground *ground, const struct world *world,
                       const struct guest *guest, enum culprit_resource resource)
{
    ground->world = world;
    ground->guest = guest;
    ground->resource = resource;
    ground->has_cpus = cpus_of(guest, &ground->cpus);
}

bool share_find(const struct share_ground *ground, const struct guest *other, struct culprit *ret)
{
    ret->shared[0] = '\0';
    ret->unsure = false;
    return ground->resource == CULPRIT_CPU    ? share_cpus(ground, other, ret)
           : ground->resource == CULPRIT_DISK ? share_place(ground, other, ret)
                                              : share_network(ground, other, ret);
}
