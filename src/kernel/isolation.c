/* What the kernel itself says of one process: credentials, filters, labels, namespaces, ids. */
#include "kernel/isolation_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/part_thread.h"
#include "kernel/proc.h"
#include "model/cpus.h"

#define MOUNTS_OLD_NS (60 * NS_PER_S)
#define LABEL_MAX 512

/* A host without a module that labels processes answers EINVAL, whoever is asked about. */
static bool labels_none(const char *root)
{
    char path[KERNEL_PATH_MAX], label[LABEL_MAX];

    return kernel_path(path, "%s/proc/self/attr/current", root) &&
           io_read_file(AT_FDCWD, path, label, sizeof(label)) == -EINVAL;
}

struct isolation_ground *isolation_ground_new(const char *root)
{
    struct isolation_ground *ground = xcalloc(1, sizeof(*ground));

    ground->root = root;
    ground->scratch = xmalloc(ISOLATION_SCRATCH);
    ground->unlabelled = labels_none(root);
    /* Another process's may be ours to see only as root; then our own stand for the host's. */
    for (int i = 0; i < SPACE_COUNT; i++) {
        const char *name = isolation_space_name((enum isolation_space)i);
        ground->space[i] = proc_namespace(root, 1, name);
        if (!ground->space[i])
            ground->space[i] = proc_namespace(root, 0, name);
    }
    return ground;
}

void isolation_ground_free(struct isolation_ground *ground)
{
    if (!ground)
        return;
    mount_table_free(ground->mounts);
    free(ground->devices);
    free(ground->scratch);
    free(ground);
}

void isolation_ground_tick(struct isolation_ground *ground, int64_t now_ns)
{
    if (ground->mounts_ns && now_ns - ground->mounts_ns < MOUNTS_OLD_NS)
        return;
    mount_table_free(ground->mounts);
    ground->mounts = NULL;
    ground->mounts_ns = now_ns;
}

bool isolation_read_text(struct isolation_ground *ground, pid_t pid, const char *name)
{
    char path[KERNEL_PATH_MAX];
    bool fits = pid > 0 ? kernel_path(path, "%s/proc/%d/%s", ground->root, (int)pid, name)
                        : kernel_path(path, "%s/proc/self/%s", ground->root, name);

    if (!fits)
        return false;
    ssize_t got = io_read_file(AT_FDCWD, path, ground->scratch, ISOLATION_SCRATCH);
    return got >= 0 && got < (ssize_t)ISOLATION_SCRATCH - 1;
}

bool isolation_read_record(struct isolation_ground *ground, pid_t pid, const char *name)
{
    char path[KERNEL_PATH_MAX];

    if (!kernel_path(path, "%s/proc/%d/%s", ground->root, (int)pid, name))
        return false;
    ssize_t got = held_read_once(path, ground->scratch, ISOLATION_SCRATCH);
    return got >= 0 && got < (ssize_t)ISOLATION_SCRATCH - 1;
}

/* What stands behind KEY in a text of which TEXT is the start and *FROM where the last key was: the
 * kernel has them in the order in which they are asked for. */
static const char *find_on(const char *text, const char **from, const char *key)
{
    const char *value = parse_find(*from, key);

    if (!value)
        value = parse_find(text, key);
    if (value)
        *from = value;
    return value;
}

static void take_mask(const char *value, enum isolation_fact fact, struct isolation_facts *ret)
{
    char *end;

    if (!value)
        return;
    errno = 0;
    uint64_t mask = strtoull(value, &end, 16);
    if (end != value && !errno)
        isolation_set_number(ret, fact, mask);
}

/* "Uid: real effective saved fs". */
static void take_uid(const char *value, struct isolation_facts *ret)
{
    uint64_t uid;

    if (value && parse_u64(&value, &uid) && parse_u64(&value, &uid))
        isolation_set_number(ret, ISOLATION_FACT_UID, uid);
}

uint64_t isolation_cpus_mark(pid_t pid)
{
    uint64_t words[CPUS_MAX / 64], mark = UINT64_C(0xcbf29ce484222325);
    /* Not glibc's, which hides how much of it the kernel has filled in. */
    long len = syscall(SYS_sched_getaffinity, pid, sizeof(words), words);

    for (long i = 0; i < len / (long)sizeof(words[0]); i++)
        mark = (mark ^ words[i]) * UINT64_C(0x100000001b3); /* FNV-1a, by words */
    if (len <= 0)
        return 0;
    return mark ? mark : 1;
}

/* "Cpus_allowed_list: 0-3". */
static void take_cpus(const char *value, struct isolation_facts *ret)
{
    const char *word;
    size_t len = value ? parse_word(&value, &word) : 0;
    /* Half a list would be wrong. */
    CLEANUP_FREE char *list = len && len < ISOLATION_TEXT_BYTES ? xstrndup(word, len) : NULL;

    isolation_set_text(ret, ISOLATION_FACT_CPUS, list);
}

static void read_status(struct isolation_ground *ground, pid_t pid, struct isolation_facts *ret)
{
    static const char *const modes[] = {"off", "strict", "filter"};
    const char *text = ground->scratch, *from = text, *value;
    uint64_t number;

    if (!isolation_read_record(ground, pid, "status"))
        return;
    take_uid(find_on(text, &from, "Uid:"), ret);
    take_mask(find_on(text, &from, "CapEff:"), ISOLATION_FACT_CAP_EFF, ret);
    take_mask(find_on(text, &from, "CapBnd:"), ISOLATION_FACT_CAP_BND, ret);
    value = find_on(text, &from, "NoNewPrivs:");
    if (value && parse_u64(&value, &number))
        isolation_set_number(ret, ISOLATION_FACT_NO_NEW_PRIVS, number != 0);
    value = find_on(text, &from, "Seccomp:");
    if (value && parse_u64(&value, &number) && number < sizeof(modes) / sizeof(modes[0]))
        isolation_set_text(ret, ISOLATION_FACT_SECCOMP, modes[number]);
    take_cpus(find_on(text, &from, "Cpus_allowed_list:"), ret);
}

/* "unconfined", "PROFILE (enforce)". */
static void take_apparmor(char *label, struct isolation_facts *ret)
{
    char *open = strrchr(label, '('), *close = strrchr(label, ')');
    const char *mode = strcmp(label, "unconfined") == 0 ? "unconfined" : NULL;

    if (open && close && close > open && close[1] == '\0' && open > label && open[-1] == ' ') {
        *close = open[-1] = '\0';
        mode = open + 1;
    }
    isolation_set_text(ret, ISOLATION_FACT_DRIVER, "apparmor");
    isolation_set_text(ret, ISOLATION_FACT_PROFILE, label);
    isolation_set_text(ret, ISOLATION_FACT_MODE, mode);
}

/* "user:role:type:level"; some types confine nothing. */
static void take_selinux(const struct isolation_ground *ground, const char *label,
                         struct isolation_facts *ret)
{
    static const char *const open_types[] = {
        ":unconfined_t:", ":unconfined_service_t:", ":spc_t:", ":kernel_t:", ":initrc_t:"};
    char path[KERNEL_PATH_MAX], enforcing[8];
    const char *mode = NULL;

    if (kernel_path(path, "%s/sys/fs/selinux/enforce", ground->root) &&
        io_read_file(AT_FDCWD, path, enforcing, sizeof(enforcing)) > 0)
        mode = enforcing[0] == '1' ? "enforce" : "complain";
    for (size_t i = 0; i < sizeof(open_types) / sizeof(open_types[0]); i++)
        if (strstr(label, open_types[i]))
            mode = "unconfined";
    isolation_set_text(ret, ISOLATION_FACT_DRIVER, "selinux");
    isolation_set_text(ret, ISOLATION_FACT_PROFILE, label);
    isolation_set_text(ret, ISOLATION_FACT_MODE, mode);
}

static bool looks_like_selinux(const char *label)
{
    const char *colon = strchr(label, ':');
    return !strchr(label, ' ') && colon && strchr(colon + 1, ':');
}

static void read_label(struct isolation_ground *ground, pid_t pid, struct isolation_facts *ret)
{
    char path[KERNEL_PATH_MAX], label[LABEL_MAX];

    if (ground->unlabelled) {
        isolation_set_text(ret, ISOLATION_FACT_DRIVER, "none");
        return;
    }
    if (!kernel_path(path, "%s/proc/%d/attr/apparmor/current", ground->root, (int)pid))
        return;
    ssize_t got = io_read_file(AT_FDCWD, path, label, sizeof(label));
    bool apparmor = got > 0;
    if (got <= 0 && kernel_path(path, "%s/proc/%d/attr/current", ground->root, (int)pid))
        got = io_read_file(AT_FDCWD, path, label, sizeof(label));
    if (got < 0) {
        if (got == -EINVAL)
            isolation_set_text(ret, ISOLATION_FACT_DRIVER, "none");
        return;
    }
    label[strcspn(label, "\n")] = '\0';
    if (!label[0])
        isolation_set_text(ret, ISOLATION_FACT_DRIVER, "none");
    else if (apparmor || !looks_like_selinux(label))
        take_apparmor(label, ret);
    else
        take_selinux(ground, label, ret);
}

/* Known only when all of them are: one that could not be compared may be the host's. */
static void read_spaces(const struct isolation_ground *ground, pid_t pid,
                        struct isolation_facts *ret)
{
    uint64_t shared = 0;

    for (int i = 0; i < SPACE_COUNT; i++) {
        uint64_t inode =
            proc_namespace(ground->root, pid, isolation_space_name((enum isolation_space)i));
        bool older = i == SPACE_CGROUP && !ground->space[i]; /* than Linux 4.6 */
        if (!older && (!inode || !ground->space[i]))
            return;
        if (!older && inode == ground->space[i])
            shared |= UINT64_C(1) << i;
    }
    isolation_set_number(ret, ISOLATION_FACT_SHARED, shared);
}

/* "inside outside count" a line, with blanks to line them up. */
static void read_map(struct isolation_ground *ground, pid_t pid, const char *name,
                     enum isolation_fact fact, struct isolation_facts *ret)
{
    if (!isolation_read_record(ground, pid, name))
        return;
    isolation_begin_list(ret, fact);
    for (const char *line = ground->scratch; line; line = parse_next_line(line)) {
        const char *word[3];
        size_t len[3];
        for (int i = 0; i < 3; i++)
            len[i] = parse_word(&line, &word[i]);
        if (!len[2])
            continue;
        char *text = xasprintf("%.*s %.*s %.*s", (int)len[0], word[0], (int)len[1], word[1],
                               (int)len[2], word[2]);
        isolation_add(ret, fact, text);
        free(text);
    }
}

void isolation_read_container(struct isolation_ground *ground, pid_t init,
                              struct isolation_facts *ret)
{
    read_status(ground, init, ret);
    read_label(ground, init, ret);
    read_spaces(ground, init, ret);
    read_map(ground, init, "uid_map", ISOLATION_FACT_UID_MAP, ret);
    read_map(ground, init, "gid_map", ISOLATION_FACT_GID_MAP, ret);
    isolation_read_mounts(ground, init, ret);
    isolation_read_devices(ground, init, ret);
    const char *profile = isolation_text(ret, ISOLATION_FACT_PROFILE);
    if (profile && strstr(profile, "nesting"))
        isolation_set_number(ret, ISOLATION_FACT_NESTING, 1);
}

void isolation_read_machine(struct isolation_ground *ground, pid_t pid, struct isolation_facts *ret)
{
    read_status(ground, pid, ret);
    read_label(ground, pid, ret);
    CLEANUP_FREE char *cpus = part_threads_allowed(ground->root, pid);
    isolation_set_text(ret, ISOLATION_FACT_CPUS, cpus); /* else those of its first thread */
    isolation_read_qemu(ground, pid, ret);
}
