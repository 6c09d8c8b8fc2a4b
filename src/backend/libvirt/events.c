#include "backend/libvirt/events.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static void tell(virDomainPtr dom, void *user, bool redefined, const struct lv_io_error *io_error,
                 const char *remark)
{
    struct lv_listener *listener = user;
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (virDomainGetUUIDString(dom, uuid) < 0)
        return;
    listener->happened(listener, &(struct lv_happening){.uuid = uuid,
                                                        .redefined = redefined,
                                                        .io_error = io_error,
                                                        .remark = remark});
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *user)
{
    (void)conn;
    (void)detail;
    tell(dom, user, event == VIR_DOMAIN_EVENT_DEFINED || event == VIR_DOMAIN_EVENT_UNDEFINED, NULL,
         NULL);
    return 0;
}

static void on_reboot(virConnectPtr conn, virDomainPtr dom, void *user)
{
    (void)conn;
    tell(dom, user, false, NULL, "rebooted");
}

static void on_watchdog(virConnectPtr conn, virDomainPtr dom, int action, void *user)
{
    (void)conn;
    (void)action;
    tell(dom, user, false, NULL, "its watchdog fired");
}

static void on_io_error(virConnectPtr conn, virDomainPtr dom, const char *path, const char *alias,
                        int action, const char *reason, void *user)
{
    char remark[80];
    struct lv_io_error error = {.known = true, .no_space = reason && strcmp(reason, "enospc") == 0};

    (void)conn;
    (void)path;
    snprintf(error.disk, sizeof(error.disk), "%s", alias ? alias : "");
    snprintf(remark, sizeof(remark), "%s on disk %.40s",
             error.no_space ? "no space left" : "I/O error", alias && *alias ? alias : "?");
    /* That it was paused is an event already, with its reason. */
    if (action == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE)
        tell(dom, user, false, &error, NULL);
    else
        tell(dom, user, false, NULL, remark);
}

static void on_balloon(virConnectPtr conn, virDomainPtr dom, unsigned long long actual, void *user)
{
    (void)conn;
    (void)actual;
    tell(dom, user, true, NULL, NULL);
}

static void on_device(virConnectPtr conn, virDomainPtr dom, const char *alias, void *user)
{
    (void)conn;
    (void)alias;
    tell(dom, user, true, NULL, NULL);
}

/* The agent's channel was opened inside the guest. */
static void on_agent(virConnectPtr conn, virDomainPtr dom, int state, int reason, void *user)
{
    struct lv_listener *listener = user;
    char uuid[VIR_UUID_STRING_BUFLEN];

    (void)conn;
    (void)reason;
    if (state == VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED &&
        virDomainGetUUIDString(dom, uuid) == 0)
        listener->happened(listener, &(struct lv_happening){
                                         .uuid = uuid, .remark = "its agent is up", .agent = true});
}

static void on_metadata(virConnectPtr conn, virDomainPtr dom, int type, const char *ns, void *user)
{
    (void)conn;
    (void)type;
    (void)ns;
    tell(dom, user, true, NULL, NULL);
}

static const struct {
    int event;
    virConnectDomainEventGenericCallback callback;
} table[LV_SUBSCRIPTIONS] = {
    {VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)},
    {VIR_DOMAIN_EVENT_ID_REBOOT, on_reboot},
    {VIR_DOMAIN_EVENT_ID_WATCHDOG, VIR_DOMAIN_EVENT_CALLBACK(on_watchdog)},
    {VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(on_io_error)},
    {VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
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
