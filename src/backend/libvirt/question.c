#include "backend/libvirt/question.h"

#include <stdio.h>
#include <stdlib.h>

#include "backend/calls.h"
#include "backend/libvirt/statistics.h"
#include "base/clock.h"

#define KIB 1024
#define DISK_ERRORS_MAX 32
/* Older reports tell what the guest was, not what it is (no stats period is set, or its driver
 * stopped). */
#define REPORT_MAX_S 120

void lv_balloon_read(const virTypedParameter *params, int count, int64_t wall_s,
                     struct lv_balloon *ret)
{
    unsigned long long available, unused, cache = 0, reported = 0;
    virTypedParameterPtr list = (virTypedParameterPtr)params; /* the API takes no const */

    *ret = (struct lv_balloon){0};
    bool has_cache = virTypedParamsGetULLong(list, count, "balloon.disk_caches", &cache) == 1;
    if (virTypedParamsGetULLong(list, count, "balloon.available", &available) == 1 &&
        virTypedParamsGetULLong(list, count, "balloon.unused", &unused) == 1 &&
        virTypedParamsGetULLong(list, count, "balloon.last-update", &reported) == 1 &&
        unused + cache <= available && reported > 0) {
        int64_t age_s = wall_s > (int64_t)reported ? wall_s - (int64_t)reported : 0;
        ret->has_used = age_s <= REPORT_MAX_S;
        ret->has_cache = ret->has_used && has_cache;
        ret->used = (available - unused - cache) * KIB;
        ret->cache = cache * KIB;
        ret->measured_ms = (uint64_t)age_s * 1000;
        ret->reported_s = reported;
    }
    lv_statistics_balloon(params, count, &ret->report);
}

void lv_io_error_read(const virDomainDiskError *errors, int count, struct lv_io_error *ret)
{
    const virDomainDiskError *worst = NULL;

    *ret = (struct lv_io_error){0};
    for (int i = 0; i < count; i++)
        if (!worst || (errors[i].error == VIR_DOMAIN_DISK_ERROR_NO_SPACE &&
                       worst->error != VIR_DOMAIN_DISK_ERROR_NO_SPACE))
            worst = &errors[i];
    if (!worst)
        return;
    ret->known = true;
    ret->no_space = worst->error == VIR_DOMAIN_DISK_ERROR_NO_SPACE;
    snprintf(ret->disk, sizeof(ret->disk), "%s", worst->disk ? worst->disk : "");
}

static bool ask_io_error(virDomainPtr dom, struct lv_io_error *ret)
{
    virDomainDiskError errors[DISK_ERRORS_MAX] = {{0}};

    int call = calls_begin("virDomainGetDiskErrors", virDomainGetName(dom));
    int count = virDomainGetDiskErrors(dom, errors, DISK_ERRORS_MAX, 0);
    calls_end(call);
    lv_io_error_read(errors, count, ret);
    for (int i = 0; i < count; i++)
        free(errors[i].disk);
    return count >= 0;
}

/* Each group costs QEMU a command or two. */
static bool ask_statistics(virDomainPtr dom, bool disks, struct lv_answer *ret)
{
    unsigned groups = VIR_DOMAIN_STATS_BALLOON | (disks ? VIR_DOMAIN_STATS_BLOCK : 0);
    virDomainPtr list[] = {dom, NULL};
    virDomainStatsRecordPtr *records = NULL;

    int call = calls_begin("virDomainListGetStats", virDomainGetName(dom));
    int count =
        virDomainListGetStats(list, groups, &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    calls_end(call);
    if (count < 0)
        return false;
    int64_t now = clock_mono_ns();
    if (count == 1) {
        const virDomainStatsRecordPtr record = records[0];
        lv_balloon_read(record->params, record->nparams, clock_wall_ns() / NS_PER_S, &ret->balloon);
        if (disks)
            lv_statistics_blocks(record->params, record->nparams, now, &ret->disks);
    }
    ret->balloon.at_ns = now;
    virDomainStatsRecordListFree(records);
    return count == 1;
}

bool lv_question_ask(virDomainPtr dom, struct lv_answer *answer)
{
    if (answer->question == LV_IO_ERROR)
        return ask_io_error(dom, &answer->io_error);
    return ask_statistics(dom, answer->question == LV_PARTS, answer);
}
