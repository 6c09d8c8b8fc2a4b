#include "backend/libvirt/inbox.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void put_change(struct lv_changes *changes, const struct lv_happening *happening)
{
    if (!happening->redefined && !happening->io_error)
        return;
    if (changes->count == LV_CHANGES) {
        changes->all = true;
        return;
    }
    struct lv_change *change = &changes->change[changes->count++];
    snprintf(change->uuid, sizeof(change->uuid), "%s", happening->uuid);
    change->redefined = happening->redefined;
    change->io_error = happening->io_error ? *happening->io_error : (struct lv_io_error){0};
}

static void put_remark(struct lv_inbox *inbox, const struct lv_happening *happening)
{
    size_t end = inbox->remark_first + inbox->remark_count;
    const struct lv_remark *last = &inbox->remarks[(end + LV_REMARKS - 1) % LV_REMARKS];

    if (!happening->remark || inbox->remark_count == LV_REMARKS)
        return;
    /* libvirt says some things several times. */
    if (inbox->remark_count && strcmp(last->uuid, happening->uuid) == 0 &&
        strcmp(last->text, happening->remark) == 0)
        return;
    struct lv_remark *remark = &inbox->remarks[end % LV_REMARKS];
    inbox->remark_count++;
    snprintf(remark->uuid, sizeof(remark->uuid), "%s", happening->uuid);
    snprintf(remark->text, sizeof(remark->text), "%s", happening->remark);
    remark->agent = happening->agent;
    remark->at_ns = clock_mono_ns();
}

void lv_inbox_put(struct lv_inbox *inbox, const struct lv_happening *happening)
{
    put_change(&inbox->changes, happening);
    put_remark(inbox, happening);
}

bool lv_inbox_remark(struct lv_inbox *inbox, struct lv_remark *ret)
{
    if (!inbox->remark_count)
        return false;
    *ret = inbox->remarks[inbox->remark_first];
    inbox->remark_first = (inbox->remark_first + 1) % LV_REMARKS;
    inbox->remark_count--;
    return true;
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
