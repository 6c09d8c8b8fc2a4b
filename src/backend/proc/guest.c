#include "backend/proc/guest.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "backend/proc/owner.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/qemu_files.h"

#define WIRE_NS (30 * NS_PER_S) /* links may be plugged */
#define LIFE_MAX 48

/* Whether PID runs a QEMU's program.  *NAME_ONLY: as far as its name tells. */
static bool is_qemu(const char *root, pid_t pid, bool *name_only)
{
    char path[PATH_MAX];
    struct proc_stat stat;
    int code = proc_read_exe(root, pid, path, sizeof(path));

    *name_only = code == ERR_DENIED;
    if (code != ERR_DENIED)
        return code == 0 && qemu_is_program(path);
    return proc_read_stat(root, pid, &stat) == 0 && qemu_is_program(stat.comm);
}

struct proc_guest *proc_guest_meet(const char *root, pid_t pid)
{
    struct proc_status status;
    struct proc_stat stat;
    struct qemu_args args;
    bool name_only;

    if (!is_qemu(root, pid, &name_only) || proc_read_status(root, pid, &status) < 0 ||
        (status.leader && status.leader != pid) || proc_read_stat(root, pid, &stat) < 0 ||
        stat.state == 'Z' || stat.state == 'X')
        return NULL;
    CLEANUP_FREE char *cmdline = xmalloc(QEMU_CMDLINE_MAX);
    ssize_t len = proc_read_cmdline(root, pid, cmdline, QEMU_CMDLINE_MAX);
    if (len < 0)
        return NULL;
    qemu_args_parse(&args, cmdline, (size_t)len);
    if (args.no_machine || (name_only && !qemu_is_program(cmdline)))
        return NULL;
    struct proc_guest *guest = xcalloc(1, sizeof(*guest));
    guest->id = stat.id;
    guest->parent = stat.parent;
    guest->uid = status.uid;
    guest->args = args;
    guest->name_only = name_only;
    return guest;
}

void proc_guest_free(struct proc_guest *guest)
{
    if (!guest)
        return;
    qemu_free(guest->qemu);
    free(guest->key);
    free(guest);
}

bool proc_guest_is_libvirts(const struct proc_guest *guest)
{
    return guest->args.uuid[0] &&
           (guest->args.mark == QEMU_MARK_LIBVIRT || guest->args.mark == QEMU_MARK_LIBVIRT_SESSION);
}

bool proc_guest_lives(const struct proc_guest *guest, const char *root)
{
    struct proc_stat stat;
    bool name_only;

    return proc_read_stat(root, guest->id.pid, &stat) == 0 &&
           stat.id.start_ticks == guest->id.start_ticks && stat.state != 'Z' && stat.state != 'X' &&
           is_qemu(root, guest->id.pid, &name_only);
}

char *proc_guest_own_key(const struct proc_guest *guest)
{
    char life[LIFE_MAX];

    proc_life(&guest->id, life, sizeof(life));
    return xstrdup(life);
}

char *proc_guest_wish(const struct proc_guest *guest, const char *root)
{
    if (owner_is_proxmox(root, guest->id.pid, &guest->args))
        return xasprintf("proxmox/%u", (unsigned)guest->args.vmid);
    return guest->args.uuid[0] ? xstrdup(guest->args.uuid) : proc_guest_own_key(guest);
}

static const char *type_of(const struct proc_guest *guest, bool seen,
                           const struct qemu_files *files)
{
    if (seen)
        return files->kvm ? "kvm" : "qemu";
    return guest->args.kvm < 0 ? NULL : guest->args.kvm ? "kvm" : "qemu";
}

void proc_guest_introduce(struct proc_guest *guest, const char *root, uint32_t handle,
                          const char *key, struct sink *sink)
{
    const struct qemu_args *args = &guest->args;
    char life[LIFE_MAX];
    struct qemu_files files;
    bool seen = qemu_files_read(root, guest->id.pid, &files) == 0;
    CLEANUP_FREE char *manager = owner_find(root, guest->id.pid, guest->uid, args);
    CLEANUP_FREE char *name =
        args->name[0] ? xstrdup(args->name) : xasprintf("qemu %d", (int)guest->id.pid);
    CLEANUP_FREE char *title =
        strncmp(key, "proxmox/", 8) == 0 ? xasprintf("VM %u", (unsigned)args->vmid) : NULL;

    proc_life(&guest->id, life, sizeof(life));
    guest->handle = handle;
    guest->key = xstrdup(key);
    struct facts facts = {
        .handle = handle,
        .key = guest->key,
        .life = life,
        .name = name,
        .title = title,
        .type = (char *)type_of(guest, seen, &files),
        .manager = manager,
        .domain = proc_guest_is_libvirts(guest) ? guest->args.uuid : NULL,
        .kind = KIND_MACHINE,
        .autostart = -1,
        .persistent = -1,
        .vcpus = args->vcpus,
        .memory = args->memory,
    };
    sink_facts(sink, &facts);
}

static void wire(struct proc_guest *guest, const char *root)
{
    struct qemu_files files;
    struct qemu_nic nics[QEMU_NICS_MAX];

    if (qemu_files_read(root, guest->id.pid, &files) < 0)
        return;
    for (size_t i = 0; i < files.nic_count; i++)
        nics[i] = (struct qemu_nic){.dev = files.nics[i].dev, .direct = files.nics[i].direct};
    qemu_wire(guest->qemu, nics, files.nic_count);
}

static const char *reason_of(const struct proc_guest *guest)
{
    return guest->name_only ? "known by its name only: its program cannot be read (run as root)"
                            : NULL;
}

void proc_guest_say(const struct proc_guest *guest, struct sink *sink)
{
    static const struct sample none;
    sink_row(sink, guest->handle, STATE_RUNNING, reason_of(guest), NULL, &none);
}

bool proc_guest_measure(struct proc_guest *guest, const char *root, struct qemu_ground *ground,
                        int64_t at_ns, int64_t now_ns, struct sink *sink)
{
    if (!guest->qemu) {
        guest->qemu = qemu_new(ground, &guest->id);
        guest->wired_ns = 0;
    }
    if (!guest->qemu)
        return false;
    if (!guest->wired_ns || now_ns - guest->wired_ns >= WIRE_NS) {
        wire(guest, root);
        guest->wired_ns = now_ns;
    }
    enum qemu_health health = qemu_read(guest->qemu, at_ns, &guest->sample);
    if (health == QEMU_ENDED)
        return false;
    if (guest->args.memory && health != QEMU_STOPPED)
        sample_set(&guest->sample, FIELD_MEM_LIMIT, guest->args.memory);
    sink_row(sink, guest->handle, STATE_RUNNING, reason_of(guest), qemu_blame(health),
             &guest->sample);
    return true;
}

void proc_guest_isolation(struct proc_guest *guest, struct isolation_ground *ground,
                          struct isolation_beat *beat, bool selected, struct sink *sink)
{
    struct isolation_facts facts = {0};

    isolation_beat_watch(beat, &guest->isolation, guest->id.pid);
    if (!isolation_beat_is_due(beat, &guest->isolation, selected ? SIGHT_SELECTED : SIGHT_VISIBLE))
        return;
    isolation_read_machine(ground, guest->id.pid, &facts);
    if (guest->qemu)
        qemu_network(guest->qemu, &facts);
    isolation_beat_say(&guest->isolation, guest->handle, &facts, sink);
    isolation_facts_clear(&facts);
}

void proc_guest_parts(struct proc_guest *guest, struct qemu_ground *ground, unsigned kinds,
                      struct sink *sink)
{
    struct parts parts = {0};

    if (!guest->qemu)
        return;
    qemu_ground_tick(ground); /* counters of now */
    qemu_parts(guest->qemu, kinds, &parts);
    for (size_t i = 0; i < parts.count && guest->args.memory; i++)
        if (parts.part[i].kind == PART_MEMORY)
            part_set(&parts.part[i], PART_FIELD_LIMIT, guest->args.memory);
    sink_parts(sink, guest->handle, &parts);
    parts_clear(&parts);
}

void proc_guest_rest(struct proc_guest *guest)
{
    qemu_free(guest->qemu);
    guest->qemu = NULL;
}
