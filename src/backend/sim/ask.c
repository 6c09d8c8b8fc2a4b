/* Questions about a simulated guest: what it is made from. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/sim/sim.h"
#include "base/alloc.h"

static char *machine_text(const struct sim_guest *guest, const char *path)
{
    return xasprintf("<domain type='kvm' id='%" PRIu32 "'>\n"
                     "  <name>%s</name>\n"
                     "  <uuid>00000000-0000-4000-8000-%012" PRIu32 "</uuid>\n"
                     "  <memory unit='KiB'>%" PRIu64 "</memory>\n"
                     "  <vcpu placement='static'>%" PRIu32 "</vcpu>\n"
                     "  <os>\n"
                     "    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
                     "    <boot dev='hd'/>\n"
                     "  </os>\n"
                     "  <devices>\n"
                     "    <disk type='file' device='disk'>\n"
                     "      <driver name='qemu' type='qcow2'/>\n"
                     "      <source file='%s'/>\n"
                     "      <target dev='vda' bus='virtio'/>\n"
                     "    </disk>\n"
                     "    <interface type='bridge'>\n"
                     "      <source bridge='br0'/>\n"
                     "      <target dev='vnet%" PRIu32 "'/>\n"
                     "      <model type='virtio'/>\n"
                     "    </interface>\n"
                     "    <memballoon model='virtio'/>\n"
                     "  </devices>\n"
                     "</domain>\n",
                     guest->handle, guest->name, guest->handle, guest->memory / 1024, guest->vcpus,
                     path, guest->handle);
}

static char *container_text(const struct sim_guest *guest, const char *path)
{
    return xasprintf("# made from a template\n"
                     "lxc.include = /usr/share/lxc/config/common.conf\n"
                     "lxc.arch = linux64\n"
                     "lxc.uts.name = %s\n"
                     "lxc.rootfs.path = dir:%s\n"
                     "lxc.start.auto = %d\n"
                     "lxc.net.0.type = veth\n"
                     "lxc.net.0.link = lxcbr0\n"
                     "lxc.net.0.flags = up\n"
                     "lxc.cgroup2.memory.max = %" PRIu64 "\n",
                     guest->name, path, guest->autostart, guest->memory);
}

int sim_ask(struct backend *backend, const struct frame_ask *request, struct frame_answer *answer,
            struct error *err)
{
    const struct sim *sim = (const struct sim *)backend;
    struct facts_disk disk;
    char path[64];

    if (strcmp(request->question, "configuration") != 0)
        return error_set(err, ERR_UNSUPPORTED, NULL, "the simulation cannot answer this");
    for (uint32_t i = 0; i < sim->spec.guests; i++) {
        const struct sim_guest *guest = &sim->guest[i];
        if (strcmp(guest->key, request->key) != 0)
            continue;
        if (guest->state == STATE_DENIED)
            return error_set(err, ERR_DENIED, NULL, "its configuration: Permission denied");
        sim_storage_disk(guest, path, sizeof(path), &disk);
        answer->text =
            guest->kind == KIND_MACHINE ? machine_text(guest, path) : container_text(guest, path);
        return 0;
    }
    return error_set(err, ERR_GONE, NULL, "no such simulated guest");
}
