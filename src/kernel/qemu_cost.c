#include "kernel/qemu_cost.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "kernel/qemu_memory.h"

#define OLD_NS (120 * NS_PER_S)  /* between two looks at one machine ... */
#define YOUNG_NS (10 * NS_PER_S) /* ... and while it boots */
#define YOUNG_MS 60000
#define FIRST_LOOKS 8 /* who has just begun to look wants to know soon */
#define LOOKS 1

void qemu_looks_begin(struct qemu_looks *looks)
{
    *looks = (struct qemu_looks){.first = FIRST_LOOKS, .again = LOOKS};
}

void qemu_cost_clear(struct qemu_cost *cost)
{
    free(cost->args);
    *cost = (struct qemu_cost){0};
}

void qemu_cost_cpu(struct qemu_cost *cost, const struct proc_watch *watch, struct sample *sample)
{
    uint64_t vcpu_ns;

    if (!sample_has(sample, FIELD_CPU) || !proc_watch_vcpu_run(watch, &vcpu_ns))
        return;
    /* Modulo 2^64: a control group may have begun to count after the process did. */
    uint64_t rest = sample->value[FIELD_CPU] - vcpu_ns;
    if (cost->vcpus != proc_watch_vcpus(watch)) {
        cost->vcpus = proc_watch_vcpus(watch);
        cost->base_ns = rest - cost->virt_ns;
    }
    /* The two are not read at quite the same time: what seems to go back stands still. */
    uint64_t grown = rest - cost->base_ns;
    if (grown > cost->virt_ns && grown <= INT64_MAX)
        cost->virt_ns = grown;
    sample_set(sample, FIELD_CPU_VIRT, cost->virt_ns);
}

static void read_args(struct qemu_cost *cost, const char *root, pid_t pid)
{
    CLEANUP_FREE char *cmdline = xmalloc(QEMU_CMDLINE_MAX);
    ssize_t len = proc_read_cmdline(root, pid, cmdline, QEMU_CMDLINE_MAX);

    cost->args = xcalloc(1, sizeof(*cost->args));
    if (len > 0)
        qemu_args_parse(cost->args, cmdline, (size_t)len);
}

static void look(struct qemu_cost *cost, const char *root, const struct proc_identity *id,
                 int64_t at_ns)
{
    if (!cost->args)
        read_args(cost, root, id->pid);
    int code = qemu_memory_overhead(root, id->pid, cost->args, &cost->overhead);
    cost->looked = true;
    if (code == ERR_BUSY)
        return;
    cost->has_overhead = code == 0;
    bool young = proc_age_ms(id, proc_boottime_ns()) < YOUNG_MS;
    cost->due_ns = at_ns + (young ? YOUNG_NS : OLD_NS);
}

void qemu_cost_memory(struct qemu_cost *cost, const char *root, const struct proc_identity *id,
                      struct qemu_looks *looks, struct sample *sample)
{
    int *left = cost->looked ? &looks->again : &looks->first;

    if (sample->at_ns >= cost->due_ns && *left > 0) {
        --*left;
        look(cost, root, id, sample->at_ns);
    }
    if (cost->has_overhead)
        sample_set(sample, FIELD_MEM_OVERHEAD, cost->overhead);
}
