/* Texts of /proc, of control groups and of command lines, each by every parser. */
#include "fuzz/must.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/cgroup_text.h"
#include "kernel/link.h"
#include "kernel/mount.h"
#include "kernel/parse.h"
#include "kernel/proc_text.h"
#include "kernel/psi.h"
#include "kernel/qemu_args.h"
#include "kernel/thin.h"

static void visit(const char *name, const struct link_counters *counters, void *user)
{
    (void)counters;
    *(size_t *)user += strlen(name);
}

static void processes(const char *text)
{
    struct proc_stat stat;
    struct proc_io io;
    struct proc_status status;

    if (proc_parse_stat(text, &stat) == 0)
        must(memchr(stat.comm, '\0', sizeof(stat.comm)) != NULL, "a command's name ends");
    proc_parse_io(text, &io);
    proc_parse_status(text, &status);
}

static void groups(const char *text)
{
    struct sample sample = {0};
    struct cgroup_memory memory = {0};
    uint64_t number;
    uint32_t pressure;

    cgroup_parse_cpu_v2(text, &sample);
    cgroup_parse_throttled_v1(text, &sample);
    cgroup_parse_cpuacct_stat(text, &sample);
    cgroup_parse_memory_v1(text, &memory);
    cgroup_parse_memory_v2(text, &memory);
    cgroup_parse_number(text, &number);
    cgroup_parse_limit(text, &number);
    if (psi_parse(text, &pressure))
        must(pressure <= 1000000, "a share is no count");
}

static void mappings(const char *text)
{
    struct thin_pool pool;
    struct thin_volume volume;

    thin_parse_pool(text, 1000, &pool);
    thin_parse_table(text, &volume);
    thin_parse_volume(text, &volume);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    struct mount_table *mounts = mount_table_parse(text);
    struct qemu_args args;
    size_t names = 0;

    mount_table_free(mounts);
    processes(text);
    groups(text);
    mappings(text);
    net_dev_parse(text, visit, &names);
    qemu_args_parse(&args, (const char *)data, size);
    free(text);
    return 0;
}
