#include "kernel/cgroup_rest.h"

#define BIT(field) (UINT64_C(1) << FIELD_##field)

static const uint64_t part_fields[CGROUP_PART_COUNT] = {
    [CGROUP_PART_CPU_DETAIL] = BIT(CPU_USER) | BIT(CPU_SYSTEM) | BIT(CPU_THROTTLED),
    [CGROUP_PART_IO] = BIT(DISK_READ) | BIT(DISK_WRITE) | BIT(DISK_READ_OPS) | BIT(DISK_WRITE_OPS),
    [CGROUP_PART_PIDS] = BIT(PIDS),
    [CGROUP_PART_STALLS] = BIT(PSI_MEM) | BIT(PSI_IO),
    [CGROUP_PART_OOM] = BIT(OOM_KILLS) | BIT(MEM_LIMIT_HITS) | BIT(PIDS_LIMIT_HITS),
};

void cgroup_rest_init(struct cgroup_rest *rest)
{
    *rest = (struct cgroup_rest){.cpu_ns = CGROUP_CPU_UNKNOWN};
    for (int i = 0; i < CGROUP_PART_COUNT; i++)
        rest->cpu_at[i] = CGROUP_CPU_UNKNOWN;
}

bool cgroup_rest_holds(const struct cgroup_rest *rest, enum cgroup_part part)
{
    return rest->cpu_ns != CGROUP_CPU_UNKNOWN && rest->cpu_at[part] == rest->cpu_ns;
}

static void copy_part(struct sample *dst, const struct sample *src, enum cgroup_part part)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (part_fields[part] & src->valid & UINT64_C(1) << i)
            sample_set(dst, (enum field)i, src->value[i]);
    }
}

bool cgroup_rest_say(const struct cgroup_rest *rest, enum cgroup_part part, struct sample *sample)
{
    if (!cgroup_rest_holds(rest, part))
        return false;
    copy_part(sample, &rest->last, part);
    return true;
}

void cgroup_rest_keep(struct cgroup_rest *rest, enum cgroup_part part, const struct sample *sample)
{
    rest->cpu_at[part] = rest->cpu_ns;
    rest->last.valid &= ~part_fields[part];
    if (sample)
        copy_part(&rest->last, sample, part);
}

void cgroup_rest_drop(struct cgroup_rest *rest, enum cgroup_part part)
{
    rest->cpu_at[part] = CGROUP_CPU_UNKNOWN;
}
