#include "backend/libvirt/inbox.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define ECHO_NS (500 * NS_PER_MS)

/* What is known to have changed of that guest, NULL when there is no room for another one. */
static struct lv_change *change_of(struct lv_changes *changes, const char *uuid)
{
    for (size_t i = 0; i < changes->count; i++) {
        if (strcmp(changes->change[i].uuid, uuid) == 0)
            return &changes->change[i];
    }
    if (changes->count == LV_CHANGES)
        return NULL;
    struct lv_change *change = &changes->change[changes->count++];
    *change = (struct lv_change){0};
    snprintf(change->uuid, sizeof(change->uuid), "%s", uuid);
    return change;
}

static void put_change(struct lv_changes *changes, const struct lv_happening *happening)
{
    if (!happening->redefined && !happening->io_error)
        return;
    struct lv_change *change = change_of(changes, happening->uuid);
    if (!change) {
        changes->all = true;
        return;
    }
    change->redefined |= happening->redefined;
    if (happening->io_error)
        change->io_error = *happening->io_error;
}

static struct lv_remark *remark_like(struct lv_inbox *inbox, const struct lv_happening *happening)
{
    for (size_t i = 0; i < inbox->remark_count; i++) {
        struct lv_remark *remark = &inbox->remarks[i];
        if (strcmp(remark->uuid, happening->uuid) == 0 &&
            strcmp(remark->words.topic, happening->words.topic) == 0)
            return remark;
    }
    return NULL;
}

static void put_remark(struct lv_inbox *inbox, const struct lv_happening *happening)
{
    const struct lv_words *words = &happening->words;
    int64_t now_ns = clock_mono_ns();

    if (!words->text[0])
        return;
    struct lv_remark *remark = remark_like(inbox, happening);
    if (!remark && inbox->remark_count == LV_REMARKS) {
        inbox->lost++;
        return;
    }
    if (!remark) {
        remark = &inbox->remarks[inbox->remark_count++];
        *remark = (struct lv_remark){0};
        snprintf(remark->uuid, sizeof(remark->uuid), "%s", happening->uuid);
    }
    enum event_grade worst =
        remark->words.grade > words->grade ? remark->words.grade : words->grade;
    if (!remark->times || !words->echoes || now_ns - remark->at_ns >= ECHO_NS) {
        remark->words = *words;
        remark->times++;
    }
    remark->words.grade = worst;
    remark->agent |= happening->agent;
    remark->pinned |= happening->pinned;
    remark->panicked |= happening->panicked;
    remark->at_ns = now_ns;
}

void lv_inbox_put(struct lv_inbox *inbox, const struct lv_happening *happening)
{
    put_change(&inbox->changes, happening);
    put_remark(inbox, happening);
}

size_t lv_inbox_remarks(struct lv_inbox *inbox, struct lv_remark *ret, size_t *ret_lost)
{
    size_t count = inbox->remark_count;

    memcpy(ret, inbox->remarks, count * sizeof(*ret));
    *ret_lost = inbox->lost;
    inbox->remark_count = inbox->lost = 0;
    return count;
}

void lv_changes_apply(const struct lv_changes *changes, struct lv_round *round)
{
    for (size_t i = 0; i < changes->count; i++) {
        if (changes->change[i].io_error.known)
            lv_round_io_error(round, changes->change[i].uuid, &changes->change[i].io_error);
        if (changes->change[i].redefined)
            lv_round_redefined(round, changes->change[i].uuid);
    }
    if (changes->all)
        lv_round_redefined(round, NULL);
}
