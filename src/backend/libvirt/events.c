#include "backend/libvirt/events.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Gives HAPPENING, which says what, to the listener with the UUID of DOM. */
static void tell(virDomainPtr dom, void *user, struct lv_happening happening)
{
    struct lv_listener *listener = user;
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (virDomainGetUUIDString(dom, uuid) < 0)
        return;
    happening.uuid = uuid;
    listener->happened(listener, &happening);
}

static void tell_words(virDomainPtr dom, void *user, struct lv_words words)
{
    tell(dom, user, (struct lv_happening){.words = words});
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *user)
{
    (void)conn;
    tell(dom, user,
         (struct lv_happening){.moved = true,
                               .redefined = event == VIR_DOMAIN_EVENT_DEFINED ||
                                            event == VIR_DOMAIN_EVENT_UNDEFINED,
                               .panicked = event == VIR_DOMAIN_EVENT_CRASHED &&
                                           detail == VIR_DOMAIN_EVENT_CRASHED_PANICKED,
                               .words = lv_words_lifecycle(event, detail)});
    return 0;
}

static void on_reboot(virConnectPtr conn, virDomainPtr dom, void *user)
{
    (void)conn;
    tell_words(dom, user, (struct lv_words){.text = "rebooted", .topic = "reboot", .echoes = true});
}

static void on_watchdog(virConnectPtr conn, virDomainPtr dom, int action, void *user)
{
    (void)conn;
    tell_words(dom, user, lv_words_watchdog(action));
}

static void on_io_error(virConnectPtr conn, virDomainPtr dom, const char *path, const char *alias,
                        int action, const char *reason, void *user)
{
    struct lv_io_error error = {.known = true, .no_space = reason && strcmp(reason, "enospc") == 0};

    (void)conn;
    (void)path;
    snprintf(error.disk, sizeof(error.disk), "%s", alias ? alias : "");
    /* That it was paused is an event already, with its reason. */
    if (action == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE)
        tell(dom, user, (struct lv_happening){.moved = true, .io_error = &error});
    else
        tell_words(dom, user, lv_words_io_error(alias, action, reason));
}

static void on_control_error(virConnectPtr conn, virDomainPtr dom, void *user)
{
    (void)conn;
    tell_words(dom, user,
               (struct lv_words){.text = "libvirtd has lost its connection to its QEMU",
                                 .topic = "control",
                                 .grade = EVENT_WARN});
}

static void on_balloon(virConnectPtr conn, virDomainPtr dom, unsigned long long actual, void *user)
{
    (void)conn;
    tell(dom, user, (struct lv_happening){.redefined = true, .words = lv_words_balloon(actual)});
}

static void tell_device(virDomainPtr dom, void *user, struct lv_words words)
{
    tell(dom, user, (struct lv_happening){.redefined = true, .words = words});
}

static void on_device_added(virConnectPtr conn, virDomainPtr dom, const char *alias, void *user)
{
    (void)conn;
    tell_device(dom, user, lv_words_device(alias, "added", EVENT_CALM));
}

static void on_device_removed(virConnectPtr conn, virDomainPtr dom, const char *alias, void *user)
{
    (void)conn;
    tell_device(dom, user, lv_words_device(alias, "removed", EVENT_CALM));
}

static void on_device_kept(virConnectPtr conn, virDomainPtr dom, const char *alias, void *user)
{
    (void)conn;
    tell_words(dom, user, lv_words_device(alias, "could not be removed", EVENT_WARN));
}

static void on_tray(virConnectPtr conn, virDomainPtr dom, const char *alias, int reason, void *user)
{
    (void)conn;
    tell_device(dom, user, lv_words_tray(alias, reason));
}

/* libvirt tells of no other changes of media: a tray that opens and closes is what shows them. */
static void on_medium(virConnectPtr conn, virDomainPtr dom, const char *missing, const char *none,
                      const char *alias, int reason, void *user)
{
    (void)conn;
    (void)none;
    tell_device(dom, user, lv_words_medium(alias, missing, reason));
}

static void on_threshold(virConnectPtr conn, virDomainPtr dom, const char *disk, const char *path,
                         unsigned long long threshold, unsigned long long excess, void *user)
{
    (void)conn;
    (void)path;
    tell_words(dom, user, lv_words_threshold(disk, threshold, excess));
}

static void on_block_job(virConnectPtr conn, virDomainPtr dom, const char *disk, int type,
                         int status, void *user)
{
    (void)conn;
    tell_device(dom, user, lv_words_block_job(disk, type, status));
}

static void on_job(virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params, int count,
                   void *user)
{
    (void)conn;
    tell_words(dom, user, lv_words_job(params, count));
}

static void on_tunable(virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params, int count,
                       void *user)
{
    (void)conn;
    tell(dom, user,
         (struct lv_happening){.pinned = lv_tunable_is_pinning(params, count),
                               .words = lv_words_tunable(params, count)});
}

static void on_memory_failure(virConnectPtr conn, virDomainPtr dom, int recipient, int action,
                              unsigned flags, void *user)
{
    (void)conn;
    (void)flags;
    tell_words(dom, user, lv_words_memory_failure(recipient, action));
}

/* Up: its channel was opened inside the guest. */
static void on_agent(virConnectPtr conn, virDomainPtr dom, int state, int reason, void *user)
{
    (void)conn;
    tell(dom, user,
         (struct lv_happening){.agent = state ==
                                        VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED,
                               .words = lv_words_agent(state, reason)});
}

static void on_metadata(virConnectPtr conn, virDomainPtr dom, int type, const char *ns, void *user)
{
    (void)conn;
    (void)type;
    (void)ns;
    tell(dom, user, (struct lv_happening){.redefined = true});
}

static const struct {
    int event;
    virConnectDomainEventGenericCallback callback;
} table[LV_SUBSCRIPTIONS] = {
    {VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)},
    {VIR_DOMAIN_EVENT_ID_REBOOT, on_reboot},
    {VIR_DOMAIN_EVENT_ID_WATCHDOG, VIR_DOMAIN_EVENT_CALLBACK(on_watchdog)},
    {VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(on_io_error)},
    {VIR_DOMAIN_EVENT_ID_CONTROL_ERROR, on_control_error},
    {VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device_added)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device_removed)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(on_device_kept)},
    {VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_tray)},
    {VIR_DOMAIN_EVENT_ID_DISK_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_medium)},
    {VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, VIR_DOMAIN_EVENT_CALLBACK(on_threshold)},
    {VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(on_block_job)},
    {VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(on_job)},
    {VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK(on_tunable)},
    {VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE, VIR_DOMAIN_EVENT_CALLBACK(on_memory_failure)},
    {VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_agent)},
    {VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata)},
};

static void on_close(virConnectPtr conn, int reason, void *user)
{
    struct lv_listener *listener = user;
    (void)conn;
    listener->closed(listener, reason);
}

static void release(void *user)
{
    struct lv_listener *listener = user;
    listener->release(listener);
}

void lv_events_subscribe(virConnectPtr conn, struct lv_listener *listener,
                         struct lv_subscriptions *ret)
{
    /* No reference for this one: drivers without it accept it and never give it back, and where it
     * works unsubscribing waits for a call under way. */
    ret->close = virConnectRegisterCloseCallback(conn, on_close, listener, NULL) == 0;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        listener->hold(listener);
        ret->id[i] = virConnectDomainEventRegisterAny(conn, NULL, table[i].event, table[i].callback,
                                                      listener, release);
        if (ret->id[i] < 0)
            listener->release(listener);
    }
}

void lv_events_unsubscribe(virConnectPtr conn, const struct lv_subscriptions *subscriptions)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (subscriptions->id[i] >= 0)
            virConnectDomainEventDeregisterAny(conn, subscriptions->id[i]);
    if (subscriptions->close)
        virConnectUnregisterCloseCallback(conn, on_close);
}
