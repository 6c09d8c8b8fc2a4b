#include "backend/isolation_beat.h"

#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/isolation.h"

#define FRESH_A_TICK 12 /* a fifth of a millisecond each */
#define HIDDEN_A_TICK 8
#define AGAIN_A_TICK 2
#define SELECTED_NS (20 * NS_PER_S)
#define OTHERS_NS (600 * NS_PER_S)
#define WATCH_NS (10 * NS_PER_S)

void isolation_beat_begin(struct isolation_beat *beat, const struct want *want, int64_t now_ns)
{
    bool all = want->visible_count == 0 && want->selected == 0;

    *beat = (struct isolation_beat){.now_ns = now_ns,
                                    .fresh = all ? INT_MAX : FRESH_A_TICK,
                                    .hidden = all ? INT_MAX : HIDDEN_A_TICK,
                                    .again = AGAIN_A_TICK};
}

bool isolation_beat_is_due(struct isolation_beat *beat, struct isolation_turn *turn,
                           enum isolation_sight sight)
{
    bool selected = sight == SIGHT_SELECTED, hidden = sight == SIGHT_HIDDEN;
    int *left = turn->due_ns ? &beat->again : hidden ? &beat->hidden : &beat->fresh;

    if (selected && turn->due_ns > beat->now_ns + SELECTED_NS)
        turn->due_ns = beat->now_ns + SELECTED_NS;
    if (beat->now_ns < turn->due_ns || (*left <= 0 && !selected))
        return false;
    --*left;
    turn->due_ns = beat->now_ns + (selected ? SELECTED_NS : OTHERS_NS);
    return true;
}

void isolation_beat_hurry(struct isolation_turn *turn)
{
    if (turn->due_ns)
        turn->due_ns = 1;
}

void isolation_beat_watch(const struct isolation_beat *beat, struct isolation_turn *turn, pid_t pid)
{
    if (beat->now_ns < turn->watch_ns)
        return;
    turn->watch_ns = beat->now_ns + WATCH_NS;
    uint64_t cpus = isolation_cpus_mark(pid);
    if (turn->cpus && cpus && cpus != turn->cpus)
        isolation_beat_hurry(turn);
    turn->cpus = cpus;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return hash;
}

static uint64_t hash_of(const struct isolation_facts *facts)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (int i = 0; i < ISOLATION_FACT_COUNT; i++) {
        const struct isolation_value *value = &facts->at[i];
        hash = hash_bytes(hash, &value->known, sizeof(value->known));
        hash = hash_bytes(hash, &value->number, sizeof(value->number));
        for (size_t j = 0; j < value->count; j++)
            hash = hash_bytes(hash, value->text[j], strlen(value->text[j]) + 1);
    }
    return hash ? hash : 1;
}

void isolation_beat_say(struct isolation_turn *turn, uint32_t handle,
                        const struct isolation_facts *facts, struct sink *sink)
{
    uint64_t hash = hash_of(facts);

    if (hash == turn->said)
        return;
    turn->said = hash;
    sink_isolation(sink, handle, facts);
}
