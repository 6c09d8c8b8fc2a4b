/* Asks a running, selected guest without a known address for its addresses: one probe at a time,
 * for each guest at most once a minute. */
#include "engine/internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define ANSWER_S 3 /* what the probe is given */
#define KILL_NS ((ANSWER_S + 1) * NS_PER_S)
#define AGAIN_NS (60 * NS_PER_S)
#define REST_NS NS_PER_S /* the cursor must stay: moving through a list asks nobody */

static void memory_free(struct probe_memory *memory)
{
    guest_id_clear(&memory->id);
    free(memory->life);
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++)
        free(memory->addresses[i]);
    free(memory);
}

void probes_clear(struct probes *probes)
{
    for (size_t i = 0; i < probes->count; i++)
        memory_free(probes->memory[i]);
    probes->count = 0;
}

static struct probe_memory *find(const struct probes *probes, const char *source, const char *key)
{
    for (size_t i = 0; i < probes->count; i++) {
        struct probe_memory *memory = probes->memory[i];
        if (strcmp(memory->id.key, key) == 0 && strcmp(memory->id.source, source) == 0)
            return memory;
    }
    return NULL;
}

static const char *life_of(const struct facts *facts)
{
    return facts->life ? facts->life : "";
}

/* The entry of GUEST as it lives now, empty when its life is another than remembered. */
static struct probe_memory *remember(struct probes *probes, const struct guest *guest)
{
    struct probe_memory *memory = find(probes, guest->id.source, guest->id.key);

    if (!memory) {
        if (probes->count == PROBE_MEMORY_MAX) {
            memory_free(probes->memory[0]);
            probes->count--;
            memmove(&probes->memory[0], &probes->memory[1],
                    probes->count * sizeof(probes->memory[0]));
        }
        memory = xcalloc(1, sizeof(*memory));
        guest_id_copy(&memory->id, &guest->id);
        probes->memory[probes->count++] = memory;
    }
    if (xreplace(&memory->life, life_of(&guest->facts))) {
        for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++) {
            free(memory->addresses[i]);
            memory->addresses[i] = NULL;
        }
    }
    return memory;
}

void probes_complete(const struct probes *probes, const char *source, struct facts *facts)
{
    const struct probe_memory *memory;

    if (facts->addresses[0] || !facts->key || probes->count == 0)
        return;
    memory = find(probes, source, facts->key);
    if (!memory || strcmp(memory->life, life_of(facts)) != 0)
        return;
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX && memory->addresses[i]; i++)
        facts->addresses[i] = xstrdup(memory->addresses[i]);
}

/* The selected guest when there is something to ask about it. */
static const struct guest *subject(const struct engine *engine)
{
    const struct guest *guest;

    if (engine->broken || !guest_id_is_set(&engine->selected))
        return NULL;
    guest = world_find(engine->world, &engine->selected);
    return guest && guest->state == STATE_RUNNING && !guest->facts.addresses[0] ? guest : NULL;
}

int64_t probes_due(const struct engine *engine)
{
    const struct guest *guest;
    const struct probe_memory *memory;
    int64_t due;

    if (engine->probes.child)
        return engine->probes.asked->asked_ns + KILL_NS;
    guest = subject(engine);
    if (!guest)
        return INT64_MAX;
    due = engine->selected_ns + REST_NS;
    memory = find(&engine->probes, guest->id.source, guest->id.key);
    if (memory && strcmp(memory->life, life_of(&guest->facts)) == 0 &&
        memory->asked_ns + AGAIN_NS > due)
        due = memory->asked_ns + AGAIN_NS;
    return due;
}

void probes_ended(struct engine *engine)
{
    child_drop(engine, engine->probes.child);
    engine->probes.child = NULL;
    engine->probes.asked = NULL;
}

void probes_turn(struct engine *engine, int64_t now_ns)
{
    struct probes *probes = &engine->probes;
    const struct guest *guest;
    const struct worker *worker;

    if (now_ns < probes_due(engine))
        return;
    if (probes->child) {
        if (probes->agent)
            screens_hold(engine, &probes->asked->id, probes->asked->life, now_ns);
        probes_ended(engine);
        return;
    }
    guest = subject(engine);
    worker = guest ? engine_worker(engine, guest->id.source) : NULL;
    if (!worker)
        return;
    probes->asked = remember(probes, guest);
    probes->asked->asked_ns = now_ns;
    probes->child = child_start(engine, ROLE_PROBE, worker->spec, probes, now_ns);
}

void probes_started(struct engine *engine, struct child *child)
{
    struct probes *probes = &engine->probes;
    const struct probe_memory *asked = probes->asked;
    const struct guest *guest = world_find(engine->world, &asked->id);

    /* An agent that hangs holds one of its daemon's few workers, as a screen does. */
    probes->agent = engine->agents && !engine->readonly && guest &&
                    guest->facts.kind == KIND_MACHINE && screens_check(engine, guest, NULL) == 0;
    struct frame frame = {.type = FRAME_ASK,
                          .u.ask = {.question = (char *)"addresses",
                                    .key = asked->id.key,
                                    .life = asked->life,
                                    .timeout_s = ANSWER_S,
                                    .agent = probes->agent}};

    channel_send(&child->channel, &frame, NULL);
}

/* The world learns it as facts of the guest, as if its worker had said it. */
static void feed(struct engine *engine, const struct probe_memory *memory, int64_t now_ns)
{
    const struct guest *guest = world_find(engine->world, &memory->id);
    struct facts facts;

    if (!guest || strcmp(memory->life, life_of(&guest->facts)) != 0 ||
        world_find_handle(engine->world, memory->id.source, guest->facts.handle) != guest)
        return;
    facts_copy(&facts, &guest->facts);
    probes_complete(&engine->probes, memory->id.source, &facts);
    world_facts(engine->world, memory->id.source, &facts, now_ns, clock_wall_ns());
    facts_clear(&facts);
    engine->changes |= ENGINE_ROWS;
}

int probes_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns)
{
    struct probe_memory *asked = engine->probes.asked;

    (void)child;
    if (frame->type == FRAME_HELLO || frame->type == FRAME_BEAT)
        return 0;
    if (frame->type != FRAME_ANSWER)
        return ERR_SYNTAX;
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++) {
        free(asked->addresses[i]);
        asked->addresses[i] = move_ptr(&frame->u.answer.values[i]);
    }
    feed(engine, asked, now_ns);
    return 0;
}
