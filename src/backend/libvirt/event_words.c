#include "backend/libvirt/event_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/units.h"

/* TEXT is freed.  TOPIC: NULL when only the same words are the same again. */
static struct lv_words say(enum event_grade grade, const char *topic, char *text)
{
    struct lv_words words = {.grade = grade};

    snprintf(words.text, sizeof(words.text), "%s", text);
    snprintf(words.topic, sizeof(words.topic), "%s", topic ? topic : text);
    free(text);
    return words;
}

static const char *entry(const char *const *table, size_t count, int index, const char *other)
{
    return index >= 0 && (size_t)index < count && table[index] ? table[index] : other;
}

static const char *name_of(const char *name)
{
    return name && *name ? name : "?";
}

/* Changes of state are events by themselves: here is only what they do not say. */
struct lv_words lv_words_lifecycle(int event, int detail)
{
    if (event == VIR_DOMAIN_EVENT_SHUTDOWN && detail == VIR_DOMAIN_EVENT_SHUTDOWN_GUEST)
        return say(EVENT_CALM, NULL, xasprintf("its own system shuts it down"));
    if (event == VIR_DOMAIN_EVENT_SHUTDOWN && detail == VIR_DOMAIN_EVENT_SHUTDOWN_HOST)
        return say(EVENT_WARN, NULL, xasprintf("a signal on the host ends its QEMU"));
    if (event == VIR_DOMAIN_EVENT_DEFINED && detail == VIR_DOMAIN_EVENT_DEFINED_UPDATED)
        return say(EVENT_CALM, NULL, xasprintf("its definition was changed"));
    if (event == VIR_DOMAIN_EVENT_DEFINED && detail == VIR_DOMAIN_EVENT_DEFINED_RENAMED)
        return say(EVENT_CALM, NULL, xasprintf("renamed"));
    if (event == VIR_DOMAIN_EVENT_CRASHED && detail == VIR_DOMAIN_EVENT_CRASHED_PANICKED)
        return say(EVENT_BAD, NULL, xasprintf("kernel panic in the guest"));
    return (struct lv_words){0};
}

struct lv_words lv_words_watchdog(int action)
{
    static const char *const actions[] = {
        [VIR_DOMAIN_EVENT_WATCHDOG_NONE] = "nothing was done",
        [VIR_DOMAIN_EVENT_WATCHDOG_PAUSE] = "the guest is paused",
        [VIR_DOMAIN_EVENT_WATCHDOG_RESET] = "the guest is reset",
        [VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF] = "the guest is powered off",
        [VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN] = "the guest is shut down",
        [VIR_DOMAIN_EVENT_WATCHDOG_DEBUG] = "noted in its log",
        [VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI] = "an NMI is sent to the guest",
    };

    return say(EVENT_BAD, NULL,
               xasprintf("its watchdog fired: %s",
                         entry(actions, ARRAY_SIZE(actions), action, "what was done is unknown")));
}

struct lv_words lv_words_io_error(const char *alias, int action, const char *reason)
{
    bool no_space = reason && strcmp(reason, "enospc") == 0;

    return say(
        EVENT_BAD, NULL,
        xasprintf("%s on disk %.60s: %s", no_space ? "no space left" : "I/O error", name_of(alias),
                  action == VIR_DOMAIN_EVENT_IO_ERROR_REPORT ? "told to the guest" : "ignored"));
}

struct lv_words lv_words_balloon(unsigned long long kib)
{
    char size[UNITS_MAX];

    units_bytes(size, (double)kib * 1024);
    return say(EVENT_CALM, "balloon", xasprintf("its balloon was moved, it has %s", size));
}

struct lv_words lv_words_device(const char *alias, const char *what, enum event_grade grade)
{
    return say(grade, NULL, xasprintf("device %.60s %s", name_of(alias), what));
}

struct lv_words lv_words_agent(int state, int reason)
{
    if (state == VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED)
        return (struct lv_words){
            .text = "its agent is up", .topic = "its agent is up", .echoes = true};
    /* At a start the channel is said to be closed: it was never open. */
    if (reason == VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED)
        return (struct lv_words){0};
    return say(EVENT_CALM, NULL, xasprintf("its agent is gone"));
}

struct lv_words lv_words_tray(const char *alias, int reason)
{
    return say(EVENT_CALM, NULL,
               xasprintf("tray of %.60s %s", name_of(alias),
                         reason == VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN ? "opened" : "closed"));
}

struct lv_words lv_words_medium(const char *alias, const char *missing, int reason)
{
    return say(EVENT_WARN, NULL,
               xasprintf("%s %.40s, its image is missing: %.60s",
                         reason == VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START
                             ? "started without disk"
                             : "started with an empty drive",
                         name_of(alias), name_of(missing)));
}

struct lv_words lv_words_threshold(const char *disk, unsigned long long threshold,
                                   unsigned long long excess)
{
    char topic[LV_REMARK_MAX], mark[UNITS_MAX], beyond[UNITS_MAX];

    /* libvirt tells of a disk's uppermost image twice, as "hda" and at once as "hda[1]". */
    snprintf(topic, sizeof(topic), "threshold %.*s", (int)strcspn(name_of(disk), "["),
             name_of(disk));
    units_bytes(mark, (double)threshold);
    units_bytes(beyond, (double)excess);
    struct lv_words words =
        say(EVENT_WARN, topic,
            xasprintf("disk %.60s has passed its mark of %s by %s", name_of(disk), mark, beyond));
    words.echoes = true;
    return words;
}

struct lv_words lv_words_block_job(const char *disk, int type, int status)
{
    static const char *const types[] = {
        [VIR_DOMAIN_BLOCK_JOB_TYPE_PULL] = "pull",
        [VIR_DOMAIN_BLOCK_JOB_TYPE_COPY] = "copy",
        [VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT] = "commit",
        [VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT] = "commit",
        [VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP] = "backup",
    };
    static const char *const ends[] = {
        [VIR_DOMAIN_BLOCK_JOB_COMPLETED] = "done",
        [VIR_DOMAIN_BLOCK_JOB_FAILED] = "failed",
        [VIR_DOMAIN_BLOCK_JOB_CANCELED] = "cancelled",
        [VIR_DOMAIN_BLOCK_JOB_READY] = "ready to be finished",
    };

    return say(status == VIR_DOMAIN_BLOCK_JOB_FAILED ? EVENT_WARN : EVENT_CALM, NULL,
               xasprintf("%s of disk %.60s %s", entry(types, ARRAY_SIZE(types), type, "job"),
                         name_of(disk), entry(ends, ARRAY_SIZE(ends), status, "has ended")));
}

struct lv_words lv_words_job(virTypedParameterPtr params, int count)
{
    static const char *const operations[] = {
        [VIR_DOMAIN_JOB_OPERATION_START] = "start",
        [VIR_DOMAIN_JOB_OPERATION_SAVE] = "save",
        [VIR_DOMAIN_JOB_OPERATION_RESTORE] = "restore",
        [VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN] = "migration",
        [VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT] = "migration",
        [VIR_DOMAIN_JOB_OPERATION_SNAPSHOT] = "snapshot",
        [VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT] = "way back to a snapshot",
        [VIR_DOMAIN_JOB_OPERATION_DUMP] = "dump",
        [VIR_DOMAIN_JOB_OPERATION_BACKUP] = "backup",
    };
    int operation = -1, success = 1;
    unsigned long long elapsed_ms = 0;
    char topic[64], took[UNITS_MAX + 8] = "";

    virTypedParamsGetInt(params, count, VIR_DOMAIN_JOB_OPERATION, &operation);
    virTypedParamsGetBoolean(params, count, VIR_DOMAIN_JOB_SUCCESS, &success);
    if (virTypedParamsGetULLong(params, count, VIR_DOMAIN_JOB_TIME_ELAPSED, &elapsed_ms) == 1)
        snprintf(took, sizeof(took), " after %.1f s", (double)elapsed_ms / 1000);
    const char *what = entry(operations, ARRAY_SIZE(operations), operation, "job");
    snprintf(topic, sizeof(topic), "%s %s", what, success ? "done" : "failed");
    return say(success ? EVENT_CALM : EVENT_WARN, topic, xasprintf("%s%s", topic, took));
}

/* What PARAM pins, where which it is stands behind it; NULL: it is no pinning. */
static const char *pinned_what(const virTypedParameter *param, const char **ret_which)
{
    static const struct {
        const char *field, *what;
    } table[] = {{"cputune.vcpupin", "vCPU "},
                 {"cputune.iothreadpin", "I/O thread "},
                 {"cputune.emulatorpin", "QEMU"}};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        size_t len = strlen(table[i].field);
        if (param->type != VIR_TYPED_PARAM_STRING ||
            strncmp(param->field, table[i].field, len) != 0)
            continue;
        *ret_which = param->field + len;
        return table[i].what;
    }
    return NULL;
}

bool lv_tunable_is_pinning(virTypedParameterPtr params, int count)
{
    const char *which;

    for (int i = 0; i < count; i++)
        if (pinned_what(&params[i], &which))
            return true;
    return false;
}

struct lv_words lv_words_tunable(virTypedParameterPtr params, int count)
{
    const char *disk = NULL, *what, *which;

    for (int i = 0; i < count; i++)
        if ((what = pinned_what(&params[i], &which)))
            return say(
                EVENT_CALM, "pinned",
                xasprintf("its %s%.10s may run on CPUs %.60s", what, which, params[i].value.s));
    if (virTypedParamsGetString(params, count, VIR_DOMAIN_TUNABLE_BLKDEV_DISK, &disk) == 1)
        return say(EVENT_CALM, NULL, xasprintf("limits of disk %.60s changed", name_of(disk)));
    return say(EVENT_CALM, NULL, xasprintf("its CPU shares or limits changed"));
}

struct lv_words lv_words_memory_failure(int recipient, int action)
{
    static const char *const actions[] = {
        [VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE] = "ignored",
        [VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT] = "told to the guest",
        [VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL] = "fatal: it cannot be told to the guest",
        [VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_RESET] = "fatal: the guest is reset",
    };

    return say(
        EVENT_BAD, NULL,
        xasprintf("broken memory of the host under its %s: %s",
                  recipient == VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST ? "system" : "QEMU",
                  entry(actions, ARRAY_SIZE(actions), action, "what was done is unknown")));
}
