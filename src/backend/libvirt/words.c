#include "backend/libvirt/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const off_reasons[] = {
    [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "shut down",
    [VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
    [VIR_DOMAIN_SHUTOFF_CRASHED] = "QEMU was killed or crashed",
    [VIR_DOMAIN_SHUTOFF_MIGRATED] = "migrated away",
    [VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
    [VIR_DOMAIN_SHUTOFF_FAILED] = "failed to start",
    [VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "from a snapshot",
    [VIR_DOMAIN_SHUTOFF_DAEMON] = "ended while libvirtd was away",
};

static const char *const paused_reasons[] = {
    [VIR_DOMAIN_PAUSED_USER] = "by the user",
    [VIR_DOMAIN_PAUSED_MIGRATION] = "migration",
    [VIR_DOMAIN_PAUSED_SAVE] = "being saved",
    [VIR_DOMAIN_PAUSED_DUMP] = "being dumped",
    [VIR_DOMAIN_PAUSED_IOERROR] = "I/O error",
    [VIR_DOMAIN_PAUSED_WATCHDOG] = "watchdog",
    [VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] = "from a snapshot",
    [VIR_DOMAIN_PAUSED_SHUTTING_DOWN] = "shutting down",
    [VIR_DOMAIN_PAUSED_SNAPSHOT] = "snapshot being taken",
    [VIR_DOMAIN_PAUSED_CRASHED] = "crashed",
    [VIR_DOMAIN_PAUSED_STARTING_UP] = "starting up",
    [VIR_DOMAIN_PAUSED_POSTCOPY] = "migration",
    [VIR_DOMAIN_PAUSED_POSTCOPY_FAILED] = "migration failed",
};

static const char *lookup(const char *const *table, size_t count, int reason)
{
    return reason > 0 && (size_t)reason < count ? table[reason] : NULL;
}

enum guest_state lv_state(int state, int reason, const char **ret_reason)
{
    *ret_reason = NULL;
    switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
        return STATE_RUNNING;
    case VIR_DOMAIN_PAUSED:
        if (reason == VIR_DOMAIN_PAUSED_STARTING_UP)
            return STATE_STARTING;
        if (reason == VIR_DOMAIN_PAUSED_SHUTTING_DOWN)
            return STATE_STOPPING;
        *ret_reason = lookup(paused_reasons, ARRAY_SIZE(paused_reasons), reason);
        return STATE_PAUSED;
    case VIR_DOMAIN_SHUTDOWN:
        return STATE_STOPPING;
    case VIR_DOMAIN_SHUTOFF:
        *ret_reason = lookup(off_reasons, ARRAY_SIZE(off_reasons), reason);
        /* Its QEMU went without a word: out of memory, a signal, a fault of its own. */
        return reason == VIR_DOMAIN_SHUTOFF_CRASHED ? STATE_CRASHED : STATE_OFF;
    case VIR_DOMAIN_CRASHED:
        if (reason == VIR_DOMAIN_CRASHED_PANICKED)
            *ret_reason = "kernel panic";
        return STATE_CRASHED;
    case VIR_DOMAIN_PMSUSPENDED:
        *ret_reason = "suspended by the guest itself";
        return STATE_PAUSED;
    default:
        return STATE_UNKNOWN;
    }
}

bool lv_is_lost(const virError *from)
{
    if (!from)
        return false;
    /* A closed socket is not VIR_ERR_RPC: it comes as an internal or system error of the RPC
     * domain. */
    return (from->domain == VIR_FROM_RPC || from->domain == VIR_FROM_REMOTE ||
            from->domain == VIR_FROM_STREAMS) &&
           (from->code == VIR_ERR_INTERNAL_ERROR || from->code == VIR_ERR_SYSTEM_ERROR ||
            from->code == VIR_ERR_OPERATION_FAILED || from->code == VIR_ERR_RPC);
}

bool lv_is_gone(const virError *from)
{
    return from && from->code == VIR_ERR_NO_DOMAIN;
}

bool lv_is_unsupported(const virError *from)
{
    return from &&
           (from->code == VIR_ERR_NO_SUPPORT || from->code == VIR_ERR_OPERATION_UNSUPPORTED ||
            from->code == VIR_ERR_ARGUMENT_UNSUPPORTED);
}

static bool is_denied(const virError *from)
{
    switch (from->code) {
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
        return true;
    default:
        return false;
    }
}

/* What libvirt puts before a message says which of its codes it is, which helps no operator. */
static const char *without_class(const char *text)
{
    static const char *const classes[] = {
        "internal error: ", "operation failed: ", "Requested operation is not valid: "};

    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        size_t len = strlen(classes[i]);
        if (strncmp(text, classes[i], len) == 0 && text[len])
            return text + len;
    }
    return text;
}

/* One line without a final stop. */
static void set(struct error *err, int code, const char *remedy, const char *before,
                const virError *from)
{
    const char *text =
        from && from->message ? without_class(from->message) : "libvirt gave no reason";
    size_t len = strcspn(text, "\r\n");
    while (len > 0 && (text[len - 1] == '.' || text[len - 1] == ' '))
        len--;
    error_set(err, code, remedy, "%s%s%.*s", before, *before ? ": " : "",
              (int)(len > 300 ? 300 : len), text);
}

static enum source_state not_running(const struct lv_uri *uri, bool was_up, struct error *err)
{
    if (uri->session)
        error_set(err, ERR_LOST, "it starts with the first virsh -c qemu:///session command",
                  "the session's libvirtd is not running");
    else
        error_set(err, ERR_LOST, "start libvirtd or virtqemud", "libvirtd is not running");
    return was_up ? SOURCE_LOST : SOURCE_ABSENT;
}

enum source_state lv_trouble(const virError *from, const struct lv_uri *uri, bool was_up,
                             struct error *err)
{
    if (!from) {
        error_set(err, ERR_LOST, NULL, "libvirtd closed the connection");
        return SOURCE_LOST;
    }
    bool remote = !uri->local_qemu && strstr(uri->given, ":///") == NULL;
    if (from->code == VIR_ERR_SYSTEM_ERROR && from->domain == VIR_FROM_RPC && !remote &&
        (from->int1 == ENOENT || from->int1 == ECONNREFUSED))
        return not_running(uri, was_up, err);
    /* polkit, or the bus to it, that libvirtd has to ask about some users and cannot reach. */
    bool closed =
        from->code == VIR_ERR_SYSTEM_ERROR && (from->int1 == EACCES || from->int1 == EPERM);
    if (closed || is_denied(from) || from->domain == VIR_FROM_POLKIT ||
        from->domain == VIR_FROM_DBUS) {
        set(err, ERR_DENIED,
            remote ? "check the login for the remote host"
                   : "run vctop as root or join the group libvirt",
            "libvirt refuses access", from);
        return SOURCE_DENIED;
    }
    if (from->code == VIR_ERR_NO_CONNECT && !remote) {
        set(err, ERR_UNSUPPORTED, "check the URI, or install the libvirt driver for it", "", from);
        return SOURCE_FAILED;
    }
    bool own_words = from->domain == VIR_FROM_NONE || from->domain == VIR_FROM_URI ||
                     from->domain == VIR_FROM_TEST || from->domain == VIR_FROM_QEMU;
    if (lv_is_unsupported(from) || from->code == VIR_ERR_INVALID_ARG ||
        from->code == VIR_ERR_XML_ERROR || from->code == VIR_ERR_XML_DETAIL ||
        (own_words && from->code == VIR_ERR_INTERNAL_ERROR && !was_up)) {
        set(err, ERR_USAGE, "check the URI given with -c", "", from);
        return SOURCE_FAILED;
    }
    if (lv_is_lost(from) && was_up) {
        bool silent = from->message && strstr(from->message, "keepalive");
        error_set(err, ERR_LOST, NULL, "%s",
                  silent ? "libvirtd does not answer" : "libvirtd is lost");
        return SOURCE_LOST;
    }
    set(err, ERR_LOST, remote ? "check that the host can be reached" : NULL, "cannot reach libvirt",
        from);
    return SOURCE_LOST;
}

int lv_error(struct error *err, const virError *from, const char *doing)
{
    int code = ERR_IO;
    const char *remedy = NULL;

    if (lv_is_gone(from))
        return error_set(err, ERR_GONE, NULL, "%s: the guest is not there any more", doing);
    if (!from) {
        code = ERR_IO;
    } else if (lv_is_unsupported(from)) {
        code = ERR_UNSUPPORTED;
    } else if (from->code == VIR_ERR_OPERATION_DENIED) {
        code = ERR_BARRED;
        remedy = "the URI given with -c is for reading only";
    } else if (is_denied(from)) {
        code = ERR_DENIED;
        remedy = "run vctop as root or join the group libvirt";
    } else if (from->code == VIR_ERR_OPERATION_TIMEOUT) {
        code = ERR_BUSY;
        remedy = "another operation holds this guest, or its QEMU hangs: force it off";
    } else if (lv_is_lost(from)) {
        code = ERR_LOST;
    }
    set(err, code, remedy, doing, from);
    return code;
}
