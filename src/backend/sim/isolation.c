/* What isolates simulated guests: a mix, as hosts have it. */
#include "backend/sim/sim.h"

#include <stdio.h>

#define CAPS_OF_LXC UINT64_C(0x1fcfdfcffff) /* all but sys_module, sys_rawio, sys_time, mac_* */

enum salt {
    SALT_PRIVILEGED = 900,
    SALT_SECCOMP,
    SALT_PROFILE,
    SALT_MOUNT,
    SALT_NESTING,
    SALT_GRAPHICS,
    SALT_VFIO
};

/* True for CHANCE of all guests, always the same ones. */
static bool draws(const struct sim *sim, const struct sim_guest *guest, enum salt salt,
                  double chance)
{
    return sim_unit(sim->spec.seed, guest->handle, (uint64_t)salt) < chance;
}

static void of_process(const struct sim *sim, const struct sim_guest *guest, bool confined,
                       const char *profile, struct isolation_facts *ret)
{
    bool filtered = draws(sim, guest, SALT_SECCOMP, 0.9);

    isolation_set_text(ret, ISOLATION_FACT_SECCOMP, filtered ? "filter" : "off");
    isolation_set_text(ret, ISOLATION_FACT_DRIVER, "apparmor");
    isolation_set_text(ret, ISOLATION_FACT_PROFILE, confined ? profile : "unconfined");
    isolation_set_text(ret, ISOLATION_FACT_MODE, confined ? "enforce" : "unconfined");
}

static void of_container(const struct sim *sim, const struct sim_guest *guest,
                         struct isolation_facts *ret)
{
    bool privileged = draws(sim, guest, SALT_PRIVILEGED, 0.15);
    char map[64];

    /* Ranges of their own, one behind another. */
    snprintf(map, sizeof(map), "0 %u 65536", 100000 + guest->handle * 65536);
    isolation_set_number(ret, ISOLATION_FACT_UID, privileged ? 0 : 100000 + guest->handle * 65536);
    isolation_add(ret, ISOLATION_FACT_UID_MAP, privileged ? "0 0 4294967295" : map);
    isolation_add(ret, ISOLATION_FACT_GID_MAP, privileged ? "0 0 4294967295" : map);
    isolation_set_number(ret, ISOLATION_FACT_SHARED, privileged ? 1u << SPACE_USER : 0);
    of_process(sim, guest, draws(sim, guest, SALT_PROFILE, 0.95), "lxc-container-default-cgns",
               ret);
    isolation_set_number(ret, ISOLATION_FACT_CAP_EFF, CAPS_OF_LXC);
    isolation_set_number(ret, ISOLATION_FACT_CAP_BND, CAPS_OF_LXC);
    isolation_set_number(ret, ISOLATION_FACT_NO_NEW_PRIVS, 0);
    isolation_set_number(ret, ISOLATION_FACT_NESTING, draws(sim, guest, SALT_NESTING, 0.1));
    isolation_set_text(ret, ISOLATION_FACT_DEVICE_CONTROL, "bpf");
    isolation_begin_list(ret, ISOLATION_FACT_SYSTEM_WRITABLE);
    isolation_begin_list(ret, ISOLATION_FACT_WRITABLE);
    if (draws(sim, guest, SALT_MOUNT, 0.08))
        isolation_add(ret, ISOLATION_FACT_WRITABLE, "/srv/data at /data");
}

static void of_machine(const struct sim *sim, const struct sim_guest *guest,
                       struct isolation_facts *ret)
{
    bool open = draws(sim, guest, SALT_GRAPHICS, 0.08);
    char profile[64], graphics[64];

    snprintf(profile, sizeof(profile), "libvirt-%s", guest->key);
    snprintf(graphics, sizeof(graphics), "vnc %s:%u", open ? "0.0.0.0" : "127.0.0.1",
             5900 + guest->handle);
    isolation_set_text(ret, ISOLATION_FACT_ACCEL, guest->emulated ? "tcg" : "kvm");
    isolation_add(ret, ISOLATION_FACT_MODELS, guest->emulated ? "ide-hd" : "virtio-blk-pci");
    isolation_add(ret, ISOLATION_FACT_MODELS, guest->emulated ? "e1000" : "virtio-net-pci");
    isolation_set_number(ret, ISOLATION_FACT_UID, 64055);
    isolation_set_number(ret, ISOLATION_FACT_CAP_EFF, 0);
    isolation_set_number(ret, ISOLATION_FACT_CAP_BND, 0);
    isolation_set_number(ret, ISOLATION_FACT_NO_NEW_PRIVS, 1);
    of_process(sim, guest, draws(sim, guest, SALT_PROFILE, 0.9), profile, ret);
    isolation_set_text(ret, ISOLATION_FACT_MACHINE, "pc-q35-7.2");
    isolation_set_text(ret, ISOLATION_FACT_FIRMWARE, guest->handle % 3 ? "bios" : "uefi");
    isolation_set_number(ret, ISOLATION_FACT_SECURE_BOOT, guest->handle % 6 == 0);
    isolation_set_text(ret, ISOLATION_FACT_TPM, guest->handle % 6 ? "none" : "emulator");
    isolation_set_text(ret, ISOLATION_FACT_SEV, "none");
    isolation_set_number(ret, ISOLATION_FACT_NESTED, 0);
    isolation_begin_list(ret, ISOLATION_FACT_VFIO);
    if (draws(sim, guest, SALT_VFIO, 0.06))
        isolation_add(ret, ISOLATION_FACT_VFIO, "IOMMU group 12 (0000:01:00.0)");
    isolation_add(ret, ISOLATION_FACT_GRAPHICS, graphics);
    isolation_begin_list(ret, ISOLATION_FACT_GRAPHICS_OPEN);
    if (open)
        isolation_add(ret, ISOLATION_FACT_GRAPHICS_OPEN, graphics);
    isolation_begin_list(ret, ISOLATION_FACT_WRITABLE);
    isolation_begin_list(ret, ISOLATION_FACT_MESSAGES);
}

static void of_host(const struct sim_guest *guest, struct isolation_facts *ret)
{
    char cpus[16];

    snprintf(cpus, sizeof(cpus), "0-%u", sim_guest_cpus(guest) - 1);
    isolation_set_text(ret, ISOLATION_FACT_CPUS, cpus);
    isolation_add(ret, ISOLATION_FACT_NETWORK,
                  guest->kind == KIND_MACHINE ? "br0 -> eno1" : "lxcbr0 -> eno1");
}

void sim_isolation_say(const struct sim *sim, const struct sim_guest *guest, struct sink *sink)
{
    struct isolation_facts facts = {0};

    if (!state_is_live(guest->state))
        return;
    if (guest->kind == KIND_CONTAINER)
        of_container(sim, guest, &facts);
    else
        of_machine(sim, guest, &facts);
    of_host(guest, &facts);
    sink_isolation(sink, guest->handle, &facts);
    isolation_facts_clear(&facts);
}
