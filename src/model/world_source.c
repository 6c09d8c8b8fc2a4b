/* What becomes of sources, and what that means for the figures of their guests. */
#include "model/world_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define RESTART_NEWS_NS (15 * 60 * NS_PER_S)

const char *source_state_name(enum source_state state)
{
    static const char *const names[] = {
        [SOURCE_CONNECTING] = "connecting",
        [SOURCE_UP] = "up",
        [SOURCE_LATE] = "late",
        [SOURCE_LOST] = "lost",
        [SOURCE_DENIED] = "denied",
        [SOURCE_ABSENT] = "absent",
        [SOURCE_FAILED] = "failed",
    };
    return (unsigned)state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

bool source_is_quiet(const struct source *source)
{
    return strcmp(source->id, "proc") == 0 && !source->explicit_ &&
           (source->state == SOURCE_CONNECTING || source->state == SOURCE_UP);
}

struct source *world_add_source(struct world *world, const char *id, bool explicit_)
{
    struct source_entry *entry = world_source_entry(world, id);
    if (entry) {
        entry->source.explicit_ = entry->source.explicit_ || explicit_;
        return &entry->source;
    }
    entry = xcalloc(1, sizeof(*entry));
    entry->source.id = xstrdup(id);
    entry->source.name = world_clean(id, NAME_CELLS);
    entry->source.explicit_ = explicit_;
    entry->source.state = entry->announced = SOURCE_CONNECTING;
    entry->number = (uint32_t)world->source_count;
    world->sources = xrealloc(world->sources, world->source_count + 1, sizeof(*world->sources));
    world->sources[world->source_count++] = entry;
    return &entry->source;
}

static enum event_grade grade_of(enum source_state state)
{
    switch (state) {
    case SOURCE_UP:
        return EVENT_GOOD;
    case SOURCE_DENIED:
    case SOURCE_ABSENT:
        return EVENT_WARN;
    default:
        return EVENT_BAD;
    }
}

/* To connect is an attempt and no news; what comes of it is, but for the first success. */
static void announce(struct world *world, struct source_entry *entry, int64_t wall_ns)
{
    const struct source *source = &entry->source;
    enum source_state before = entry->announced;

    if (source->state == SOURCE_CONNECTING || source->state == before)
        return;
    entry->announced = source->state;
    if (before == SOURCE_CONNECTING && source->state == SOURCE_UP)
        return;
    const char *word = source->state == SOURCE_UP ? "up again" : source_state_name(source->state);
    CLEANUP_FREE char *text =
        source->error ? xasprintf("%s: %s", word, source->error) : xstrdup(word);
    const struct guest_id about = {.source = source->id};
    world_graded_event(world, EVENT_SOURCE, grade_of(source->state), &about, source->id, text,
                       wall_ns);
}

void world_source_state(struct world *world, const char *source, enum source_state state,
                        const char *error, const char *remedy, const char *note, int64_t now_ns,
                        int64_t wall_ns)
{
    struct source_entry *entry = world_source_entry(world, source);
    if (!entry)
        return;
    struct source *about = &entry->source;
    world_set_text(&about->error, error && error[0] ? error : NULL, SENTENCE_CELLS);
    world_set_text(&about->remedy, remedy && remedy[0] ? remedy : NULL, SENTENCE_CELLS);
    world_set_text(&about->note, note && note[0] ? note : NULL, SENTENCE_CELLS);
    if (state == SOURCE_UP && entry->announced == SOURCE_LOST)
        about->back_ns = now_ns;
    if (about->state != state || about->since_ns == 0)
        about->since_ns = now_ns;
    about->state = state;
    announce(world, entry, wall_ns);
    world_review(world, NULL);
}

bool source_was_restarted(const struct source *source, int64_t now_ns, int64_t *ret_age_ns)
{
    int64_t age_ns = now_ns > source->restarted_ns ? now_ns - source->restarted_ns : 0;

    if (!source->restarted_ns || age_ns > RESTART_NEWS_NS)
        return false;
    *ret_age_ns = age_ns;
    return true;
}

void world_source_daemon(struct world *world, const char *source, int64_t restarted_ns,
                         int64_t now_ns, int64_t wall_ns)
{
    struct source_entry *entry = world_source_entry(world, source);
    if (!entry || entry->source.restarted_ns == restarted_ns)
        return;
    struct source *about = &entry->source;
    int64_t age_ns;
    about->restarted_ns = restarted_ns;
    if (!source_was_restarted(about, now_ns, &age_ns))
        return;
    const struct guest_id id = {.source = about->id};
    world_graded_event(world, EVENT_SOURCE, EVENT_WARN, &id, about->id,
                       strncmp(about->id, "libvirt:", 8) == 0 ? "libvirtd was restarted"
                                                              : "its daemon was restarted",
                       wall_ns - age_ns);
}

void world_source_restarted(struct world *world, const char *source)
{
    struct source_entry *entry = world_source_entry(world, source);
    if (!entry)
        return;
    entry->restarted = true;
    for (size_t i = 0; i < world->guest_count; i++) {
        if (world->guests[i]->source == entry)
            world_unbind(world, world->guests[i]);
    }
}

/* Guests of ENTRY that no fact has named since its worker was started anew. */
static void remove_unseen(struct world *world, const struct source_entry *entry, int64_t wall_ns)
{
    size_t kept = 0, shown = 0;
    for (size_t i = 0; i < world->guest_count; i++) {
        struct guest_entry *guest = world->guests[i];
        if (guest->source != entry || guest->has_handle) {
            world->guests[kept++] = guest;
            shown += !guest->hidden;
            continue;
        }
        if (entry->source.answered)
            world_guest_event(world, guest, EVENT_CALM, "gone", wall_ns);
        world_drop(world, guest);
    }
    world->guest_count = kept;
    world->shown_count = shown;
}

void world_source_answered(struct world *world, const char *source, int64_t now_ns, int64_t wall_ns)
{
    (void)now_ns;
    struct source_entry *entry = world_source_entry(world, source);
    if (!entry)
        return;
    if (entry->restarted)
        remove_unseen(world, entry, wall_ns);
    entry->restarted = false;
    entry->source.answered = true;
    world_review(world, NULL);
}

/* What is wrong with a source, for the row of a guest; NULL: nothing. */
static const char *trouble(const struct source *source)
{
    bool libvirt = strncmp(source->id, "libvirt:", 8) == 0;

    switch (source->state) {
    case SOURCE_UP:
        return NULL;
    case SOURCE_CONNECTING:
        return source->answered ? "connecting again" : NULL;
    case SOURCE_LATE:
        return "own worker late";
    case SOURCE_LOST:
        return libvirt ? "libvirtd lost" : "source lost";
    case SOURCE_DENIED:
        return "no permission";
    case SOURCE_ABSENT:
        return libvirt ? "libvirtd not running" : "source not there";
    case SOURCE_FAILED:
        return "source failed";
    }
    return NULL;
}

bool world_stale(const struct world *world, const struct guest *guest, int64_t now_ns, char *why,
                 size_t size, int64_t *since_ns)
{
    const struct source *source = world_source(world, guest->id.source);
    const char *words = source ? trouble(source) : NULL;
    int64_t since = words ? source->since_ns : 0;
    bool sampled = guest->cur.at_ns != 0;
    bool old = guest_is_stale(guest, now_ns, world->period_ns);

    if (guest->blame) {
        words = guest->blame;
        since = guest->blame_since_ns;
    } else if (sampled && !old) {
        return false; /* whoever is lost: the kernel's figures go on */
    } else if (old) {
        /* How old the figures are is what counts, and does not jump when the culprit shows. */
        words = words ? words : "no new figures";
        since = guest->cur.at_ns;
    }
    if (!words)
        return false;
    snprintf(why, size, "%s", words);
    *since_ns = since;
    return true;
}
