#include "backend/proc/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/parse.h"

#define GROUPS_BYTES (16 * 1024)
#define PASSWD_BYTES (256 * 1024)
#define KUBERNETES "Kubernetes"

bool owner_is_proxmox(const char *root, pid_t pid, const struct qemu_args *args)
{
    char path[KERNEL_PATH_MAX], text[32];
    uint64_t written;

    if (args->mark != QEMU_MARK_PROXMOX || !args->vmid ||
        !kernel_path(path, "%s/run/qemu-server/%u.pid", root, (unsigned)args->vmid))
        return false;
    ssize_t got = io_read_file(AT_FDCWD, path, text, sizeof(text));
    if (got == -EACCES)
        return true; /* its word must do */
    const char *at = text;
    return got > 0 && parse_u64(&at, &written) && written == (uint64_t)pid;
}

static char *user_name(const char *root, uid_t uid)
{
    CLEANUP_FREE char *path = xasprintf("%s/etc/passwd", root);
    CLEANUP_FREE char *text = NULL;

    /* Not getpwuid(): a directory service may take its time. */
    if (io_read_regular(AT_FDCWD, path, PASSWD_BYTES, &text) > 0) {
        for (const char *line = text; line; line = parse_next_line(line)) {
            size_t len = strcspn(line, ":\n");
            const char *id = line[len] == ':' ? strchr(line + len + 1, ':') : NULL;
            uint64_t number;
            if (id && ++id && parse_u64(&id, &number) && *id == ':' && number == uid)
                return xstrndup(line, len);
        }
    }
    return xasprintf("user %u", (unsigned)uid);
}

static bool holds(const char *path, size_t len, const char *part)
{
    return memmem(path, len, part, strlen(part)) != NULL;
}

/* A service that only lets people in started nothing by itself. */
static bool is_login(const char *name, size_t len)
{
    static const char *const logins[] = {"user@", "ssh.service", "sshd.service",
                                         "sshd@", "getty@",      "serial-getty@"};

    for (size_t i = 0; i < ARRAY_SIZE(logins); i++)
        if (len >= strlen(logins[i]) && strncmp(name, logins[i], strlen(logins[i])) == 0)
            return true;
    return false;
}

/* The last component of PATH that is a service. */
static char *unit_of(const char *path, size_t len)
{
    static const char suffix[] = ".service";
    const size_t suffix_len = sizeof(suffix) - 1;

    for (size_t end = len; end > 1;) {
        size_t start = end;
        while (start > 0 && path[start - 1] != '/')
            start--;
        size_t part = end - start;
        if (part > suffix_len && memcmp(path + end - suffix_len, suffix, suffix_len) == 0)
            return is_login(path + start, part)
                       ? NULL
                       : xasprintf("systemd unit %.*s", (int)part, path + start);
        end = start > 0 ? start - 1 : 0;
    }
    return NULL;
}

static char *container_of(const char *path, size_t len)
{
    static const char payload[] = "/lxc.payload.";
    const char *at = memmem(path, len, payload, sizeof(payload) - 1);
    if (!at)
        return NULL;
    at += sizeof(payload) - 1;
    return xasprintf("container %.*s", (int)strcspn(at, "/\n"), at);
}

char *owner_of_groups(const char *text)
{
    const char *path = "";
    size_t len = 0;

    /* Hierarchies that nobody uses say "/". */
    for (const char *line = *text ? text : NULL; line; line = parse_next_line(line)) {
        size_t line_len = strcspn(line, "\n");
        const char *at = memchr(line, ':', line_len);
        at = at ? memchr(at + 1, ':', line_len - (size_t)(at + 1 - line)) : NULL;
        if (at && line_len - (size_t)(at + 1 - line) > len) {
            path = at + 1;
            len = line_len - (size_t)(path - line);
        }
    }
    if (holds(path, len, "/kubepods"))
        return xstrdup(KUBERNETES);
    if (holds(path, len, "/docker"))
        return xstrdup("Docker");
    if (holds(path, len, "/libpod-"))
        return xstrdup("Podman");
    char *container = container_of(path, len);
    return container ? container : unit_of(path, len);
}

static char *owner_by_group(const char *root, pid_t pid)
{
    char path[KERNEL_PATH_MAX], text[GROUPS_BYTES];

    if (!kernel_path(path, "%s/proc/%d/cgroup", root, (int)pid) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
        return NULL;
    return owner_of_groups(text);
}

/* A libvirt in a pod is KubeVirt's. */
static char *libvirt_of(const char *root, pid_t pid, uid_t uid, const struct qemu_args *args)
{
    CLEANUP_FREE char *around = owner_by_group(root, pid);

    if (around && strcmp(around, KUBERNETES) == 0)
        return xstrdup("KubeVirt");
    if (args->mark != QEMU_MARK_LIBVIRT_SESSION)
        return xstrdup("libvirt");
    CLEANUP_FREE char *user = user_name(root, uid);
    return xasprintf("libvirt (session of %s)", user);
}

char *owner_find(const char *root, pid_t pid, uid_t uid, const struct qemu_args *args)
{
    switch (args->mark) {
    case QEMU_MARK_LIBVIRT:
    case QEMU_MARK_LIBVIRT_SESSION:
        return libvirt_of(root, pid, uid, args);
    case QEMU_MARK_LXD:
        return xstrdup("LXD");
    case QEMU_MARK_INCUS:
        return xstrdup("Incus");
    case QEMU_MARK_PROXMOX:
        if (owner_is_proxmox(root, pid, args))
            return xstrdup("Proxmox");
        break;
    case QEMU_MARK_NONE:
        break;
    }
    return owner_by_group(root, pid);
}
