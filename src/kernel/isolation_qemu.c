/* What a QEMU's process says of the machine's isolation. */
#include "kernel/isolation_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/parse.h"
#include "kernel/proc.h"
#include "kernel/qemu_args.h"

#define GROUP_MEMBERS_MAX 200

_Static_assert(QEMU_CMDLINE_MAX <= ISOLATION_SCRATCH, "a command line fits into the scratch");

/* The module that KVM uses lets guests have guests: 1, 0, -1 unknown. */
static int host_nests(const struct isolation_ground *ground)
{
    static const char *const modules[] = {"kvm_intel", "kvm_amd"};
    char path[KERNEL_PATH_MAX], text[8];

    for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
        if (kernel_path(path, "%s/sys/module/%s/parameters/nested", ground->root, modules[i]) &&
            io_read_file(AT_FDCWD, path, text, sizeof(text)) > 0)
            return text[0] == 'Y' || text[0] == '1';
    return -1;
}

/* "IOMMU group 12 (0000:01:00.0 0000:01:00.1)" */
static void add_group(const struct isolation_ground *ground, const char *group,
                      struct isolation_facts *ret)
{
    char path[KERNEL_PATH_MAX], members[GROUP_MEMBERS_MAX] = "", text[ISOLATION_TEXT_BYTES];
    size_t len = 0;

    if (strncmp(group, "noiommu-", 8) == 0) {
        snprintf(text, sizeof(text), "%.40s, no IOMMU", group);
        isolation_add(ret, ISOLATION_FACT_VFIO, text);
        return;
    }
    if (!kernel_path(path, "%s/sys/kernel/iommu_groups/%.40s/devices", ground->root, group))
        return;
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.' && len + 1 < sizeof(members))
            len += (size_t)snprintf(members + len, sizeof(members) - len, "%s%.40s",
                                    len ? " " : " (", entry->d_name);
    snprintf(text, sizeof(text), "IOMMU group %.40s%s%s", group, members, members[0] ? ")" : "");
    isolation_add(ret, ISOLATION_FACT_VFIO, text);
}

/* What it holds open knows better than its command line what it runs on and what was plugged. */
static void read_files(const struct isolation_ground *ground, pid_t pid,
                       struct isolation_facts *ret)
{
    static const char vfio[] = "/dev/vfio/";
    char path[KERNEL_PATH_MAX], target[128];
    struct isolation_facts fresh = {0};
    bool kvm = false;

    if (!kernel_path(path, "%s/proc/%d/fd", ground->root, (int)pid))
        return;
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    if (!dir)
        return;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
        if (len <= 0)
            continue;
        target[len] = '\0';
        kvm |= strcmp(target, "anon_inode:kvm-vm") == 0;
        if (strncmp(target, vfio, sizeof(vfio) - 1) == 0 && strcmp(target, "/dev/vfio/vfio") != 0)
            add_group(ground, target + sizeof(vfio) - 1, &fresh);
    }
    isolation_set_text(ret, ISOLATION_FACT_ACCEL, kvm ? "kvm" : "tcg");
    /* Devices that its command line names may have no group open: mediated ones. */
    if (fresh.at[ISOLATION_FACT_VFIO].known) {
        struct isolation_value old = ret->at[ISOLATION_FACT_VFIO];
        ret->at[ISOLATION_FACT_VFIO] = fresh.at[ISOLATION_FACT_VFIO];
        fresh.at[ISOLATION_FACT_VFIO] = old;
    }
    isolation_facts_clear(&fresh);
}

void isolation_read_qemu(struct isolation_ground *ground, pid_t pid, struct isolation_facts *ret)
{
    ssize_t len = proc_read_cmdline(ground->root, pid, ground->scratch, QEMU_CMDLINE_MAX);
    struct qemu_args args = {.kvm = -1};

    if (len > 0) {
        bool whole = ground->scratch[len - 1] == '\0' && len < (ssize_t)QEMU_CMDLINE_MAX - 2;
        isolation_of_args(ground->scratch, (size_t)len, whole, ret);
        qemu_args_parse(&args, ground->scratch, (size_t)len);
    }
    read_files(ground, pid, ret);
    /* Another user's descriptors are not ours to see: then what it was told has to do. */
    if (args.kvm >= 0 && !ret->at[ISOLATION_FACT_ACCEL].known)
        isolation_set_text(ret, ISOLATION_FACT_ACCEL, args.kvm ? "kvm" : "tcg");
    struct isolation_value *nested = &ret->at[ISOLATION_FACT_NESTED];
    const char *accel = isolation_text(ret, ISOLATION_FACT_ACCEL);
    int host = host_nests(ground);
    if (len > 0 && !nested->known && accel && strcmp(accel, "kvm") == 0 && host >= 0)
        isolation_set_number(ret, ISOLATION_FACT_NESTED, (uint64_t)host);
}
