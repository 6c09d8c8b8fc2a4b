/* What workers say of guests. */
#include "model/world_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "model/problem.h"

/* A rate over a longer time than this many periods is an average of what nobody looked at. */
#define MAX_GAP_PERIODS 5
#define MAX_GAP_EXTRA_NS (5 * NS_PER_S)

void world_unbind(struct world *world, struct guest_entry *entry)
{
    if (!entry->has_handle || !world->by_handle)
        return;
    HASH_DELETE(by_handle, world->by_handle, entry);
    entry->has_handle = false;
}

void world_drop(struct world *world, struct guest_entry *entry)
{
    if (world->parts.guest == entry)
        world_parts_clear(world);
    world_unbind(world, entry);
    HASH_DELETE(by_id, world->by_id, entry);
    guest_id_clear(&entry->guest.id);
    facts_clear(&entry->guest.facts);
    world_isolation_forget(world, &entry->guest);
    free(entry->guest.reason);
    free(entry->guest.denied);
    free(entry->guest.blame);
    history_free(entry->guest.history);
    free(entry->id_key);
    free(entry);
}

/* Its figures are of the past: no rate and no line of a graph may span what happened since. */
static void forget_samples(struct guest *guest)
{
    history_gap(guest->history, guest->cur.at_ns + 1); /* before the next sample, however near */
    guest->prev.at_ns = guest->cur.at_ns = 0;
    guest->prev.valid = guest->cur.valid = 0;
    guest->metrics.valid = 0;
    trend_reset(&guest->written);
}

/* A copy with every text fit for the screen but key, life, domain and where disks lie, which only
 * name things. */
static void copy_clean(struct facts *dst, const struct facts *src)
{
    *dst = *src;
    dst->key = xstrdup(src->key);
    dst->life = xstrdup(src->life ? src->life : "");
    dst->name = world_clean(src->name && src->name[0] ? src->name : src->key, NAME_CELLS);
    dst->title = world_clean(src->title, NAME_CELLS);
    dst->type = world_clean(src->type, WORD_CELLS);
    dst->manager = world_clean(src->manager, WORD_CELLS);
    dst->domain = xstrdup(src->domain);
    for (int i = 0; i < FACTS_ADDRESSES_MAX; i++)
        dst->addresses[i] = world_clean(src->addresses[i], WORD_CELLS);
    dst->io_error_disk = world_clean(src->io_error_disk, WORD_CELLS);
    for (int i = 0; i < FACTS_DISKS_MAX; i++) {
        dst->disks[i].target = world_clean(src->disks[i].target, WORD_CELLS);
        dst->disks[i].source = xstrdup(src->disks[i].source);
        dst->disks[i].pool = xstrdup(src->disks[i].pool);
    }
}

static struct guest_entry *add_guest(struct world *world, struct source_entry *source,
                                     const struct guest_id *id)
{
    struct guest_entry *entry = xcalloc(1, sizeof(*entry));
    size_t size;
    entry->source = source;
    entry->id_key = world_id_key(id, &size);
    entry->late = source->source.answered;
    entry->hidden = true;
    guest_id_copy(&entry->guest.id, id);
    entry->guest.history = history_new();
    HASH_ADD_KEYPTR(by_id, world->by_id, entry->id_key, size, entry);

    if (world->guest_count == world->guest_capacity) {
        world->guest_capacity = world->guest_capacity ? world->guest_capacity * 2 : 64;
        world->guests = xrealloc(world->guests, world->guest_capacity, sizeof(*world->guests));
    }
    world->guests[world->guest_count++] = entry;
    return entry;
}

static void bind(struct world *world, struct guest_entry *entry, uint32_t handle)
{
    uint64_t key = (uint64_t)entry->source->number << 32 | handle;
    if (entry->has_handle && entry->handle == key)
        return;
    struct guest_entry *other;
    HASH_FIND(by_handle, world->by_handle, &key, sizeof(key), other);
    if (other)
        world_unbind(world, other);
    world_unbind(world, entry);
    entry->handle = key;
    entry->has_handle = true;
    HASH_ADD(by_handle, world->by_handle, handle, sizeof(entry->handle), entry);
}

static void take_facts(struct world *world, struct guest_entry *entry, const struct facts *facts,
                       int64_t wall_ns)
{
    struct guest *guest = &entry->guest;
    struct facts old = guest->facts;
    copy_clean(&guest->facts, facts);
    world_find_disks(world, entry);
    if (old.life && strcmp(old.life, guest->facts.life) != 0) {
        forget_samples(guest);
        problem_new_life(guest);
        world_isolation_forget(world, guest);
        /* Off and on again between two looks: no row will tell of it. */
        if (old.life[0] && guest->facts.life[0] && guest->state == STATE_RUNNING)
            world_guest_event(world, entry, EVENT_CALM, "started anew", wall_ns);
    }
    facts_clear(&old);
}

/* It is more than a process. */
static bool is_defined(const struct guest_entry *entry)
{
    return entry->guest.facts.persistent != 0 && strcmp(entry->source->source.id, "proc") != 0;
}

void world_facts(struct world *world, const char *source, const struct facts *facts, int64_t now_ns,
                 int64_t wall_ns)
{
    (void)now_ns;
    struct source_entry *from = world_source_entry(world, source);
    if (!from || !facts->key || !facts->key[0])
        return;

    struct guest_id id = {.source = from->source.id, .key = facts->key};
    struct guest_entry *entry = world_entry_of(world, &id);
    bool added = !entry;
    if (added)
        entry = add_guest(world, from, &id);
    bind(world, entry, facts->handle);
    take_facts(world, entry, facts, wall_ns);
    if (added && !facts->domain)
        world_show(world, entry);
    else if (facts->domain)
        world_review(world, facts->domain);
    if (added && entry->late)
        world_guest_event(world, entry, EVENT_CALM, is_defined(entry) ? "defined" : "appeared",
                          wall_ns);
    if (added && world_is_local_libvirt(&from->source))
        world_review(world, facts->key);
}

/* What an operator calls the way from BEFORE to STATE. */
static const char *change_word(enum guest_state before, enum guest_state state)
{
    if (state != STATE_RUNNING)
        return state_name(state);
    switch (before) {
    case STATE_OFF:
    case STATE_CRASHED:
    case STATE_STARTING:
        return "started";
    case STATE_PAUSED:
        return "resumed";
    default:
        return "running";
    }
}

static enum event_grade grade_of(enum guest_state state, const char *reason)
{
    if (state == STATE_CRASHED || reason_is_fault(reason))
        return EVENT_BAD;
    return state == STATE_BROKEN || state == STATE_DENIED ? EVENT_WARN : EVENT_CALM;
}

/* "paused: I/O error", "off: shut down", "started". */
static void tell_change(struct world *world, struct guest_entry *entry, enum guest_state before,
                        int64_t now_ns, int64_t wall_ns)
{
    const struct guest *guest = &entry->guest;
    CLEANUP_FREE char *text =
        xasprintf("%s%s%s", change_word(before, guest->state), guest->reason ? ": " : "",
                  guest->reason ? guest->reason : "");

    const struct news news = {.text = text, .grade = grade_of(guest->state, guest->reason)};
    if (news.grade == EVENT_BAD)
        world_guest_news(world, entry, &news, now_ns, wall_ns);
    else
        world_guest_event(world, entry, news.grade, text, wall_ns);
}

/* Who hangs is told once, and that it is over. */
static void tell_blame(struct world *world, const struct guest_entry *entry, bool blamed,
                       int64_t wall_ns)
{
    const char *blame = entry->guest.blame;

    if (!entry->has_state || blamed == (blame != NULL))
        return;
    world_guest_event(world, entry, blame ? EVENT_BAD : EVENT_GOOD, blame ? blame : "answers again",
                      wall_ns);
}

static void set_state(struct world *world, struct guest_entry *entry, enum guest_state state,
                      int64_t now_ns, int64_t wall_ns)
{
    struct guest *guest = &entry->guest;
    bool first = !entry->has_state;
    enum guest_state before = guest->state;

    entry->has_state = true;
    guest->state = state;
    if (state == STATE_UNKNOWN) {
        if (!first && before != STATE_UNKNOWN)
            guest->state_since_ns = now_ns;
        return;
    }
    /* Not to know for a while is no change of the guest's. */
    enum guest_state known = entry->known;
    entry->known = state;
    if (known == state) {
        guest->state_since_ns = entry->known_since_ns;
        return;
    }
    if (known != STATE_UNKNOWN || entry->late)
        entry->known_since_ns = now_ns;
    guest->state_since_ns = entry->known_since_ns;
    if (known == STATE_UNKNOWN)
        return;
    tell_change(world, entry, known, now_ns, wall_ns);
}

/* What is not read at every tick stays what it was. */
static const enum field slow_counters[] = {FIELD_OOM_KILLS, FIELD_MEM_LIMIT_HITS,
                                           FIELD_PIDS_LIMIT_HITS};

static void carry_over(struct sample *to, const struct sample *from)
{
    for (size_t i = 0; i < ARRAY_SIZE(slow_counters); i++) {
        enum field field = slow_counters[i];
        if (!sample_has(to, field) && sample_has(from, field))
            sample_set(to, field, from->value[field]);
    }
}

int64_t world_max_gap(const struct world *world)
{
    return MAX_GAP_PERIODS * world->period_ns + MAX_GAP_EXTRA_NS;
}

static void take_sample(struct world *world, struct guest_entry *entry, const struct sample *sample,
                        int64_t now_ns, int64_t wall_ns)
{
    struct guest *guest = &entry->guest;

    if (sample->at_ns <= guest->cur.at_ns || sample->at_ns > now_ns + WORLD_FUTURE_NS)
        return;
    int64_t max_gap_ns = world_max_gap(world);
    if (guest->cur.at_ns != 0 && sample->at_ns - guest->cur.at_ns > max_gap_ns)
        history_gap(guest->history, guest->cur.at_ns + 1);
    guest->prev = guest->cur;
    guest->cur = *sample;
    carry_over(&guest->cur, &guest->prev);
    starts_look(&world->starts, guest);
    metrics_compute(&guest->metrics, &guest->prev, &guest->cur, max_gap_ns);
    world_tell_hits(world, entry, now_ns, wall_ns);
    history_add(guest->history, sample->at_ns, &guest->metrics);
    if (sample_has(sample, FIELD_DISK_WRITE))
        trend_add(&guest->written, sample->at_ns, sample->value[FIELD_DISK_WRITE]);
}

void world_row(struct world *world, const char *source, uint32_t handle, enum guest_state state,
               const char *reason, const char *blame, const struct sample *sample, int64_t now_ns,
               int64_t wall_ns)
{
    struct guest_entry *entry = world_entry(world, source, handle);
    if (!entry)
        return;
    if (entry->hidden && entry->unowned)
        world_show(world, entry);
    struct guest *guest = &entry->guest;
    if ((unsigned)state >= STATE_COUNT)
        state = STATE_UNKNOWN;

    world_set_text(&guest->reason, reason && reason[0] ? reason : NULL, SENTENCE_CELLS);
    bool blamed = guest->blame != NULL;
    world_set_text(&guest->blame, blame && blame[0] ? blame : NULL, SENTENCE_CELLS);
    if (!blamed || !guest->blame) /* a blame that counts its seconds is still the same one */
        guest->blame_since_ns = guest->blame ? now_ns : 0;
    tell_blame(world, entry, blamed, wall_ns);

    enum guest_state before = guest->state;
    if (!entry->has_state || state != before)
        set_state(world, entry, state, now_ns, wall_ns);
    bool keeps = state_is_live(state) || state == STATE_UNKNOWN;
    if (state != before && !keeps)
        forget_samples(guest);
    if (sample && state != STATE_OFF)
        take_sample(world, entry, sample, now_ns, wall_ns);
    problem_settle(world, guest, now_ns);
}

void world_denied(struct world *world, const struct guest_id *id, const char *why)
{
    for (size_t i = 0; i < world->guest_count; i++) {
        struct guest *guest = &world->guests[i]->guest;
        bool meant = id->key ? guest_id_equal(id, &guest->id)
                             : !id->source || strcmp(id->source, guest->id.source) == 0;

        if (meant)
            world_set_text(&guest->denied, why, SENTENCE_CELLS);
    }
}

void world_gone(struct world *world, const char *source, uint32_t handle, int64_t now_ns,
                int64_t wall_ns)
{
    (void)now_ns;
    struct guest_entry *entry = world_entry(world, source, handle);
    if (!entry)
        return;
    if (entry->source->source.answered)
        world_guest_event(world, entry, EVENT_CALM, "gone", wall_ns);
    size_t at = 0;
    while (world->guests[at] != entry)
        at++;
    world->guest_count--;
    world->shown_count -= at < world->shown_count;
    memmove(&world->guests[at], &world->guests[at + 1],
            (world->guest_count - at) * sizeof(world->guests[0]));
    CLEANUP_FREE char *key =
        world_is_local_libvirt(&entry->source->source) ? xstrdup(entry->guest.id.key) : NULL;
    world_drop(world, entry);
    if (key)
        world_review(world, key);
}
