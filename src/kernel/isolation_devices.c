/* Which devices a container may use. */
#include "kernel/isolation_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/held.h"
#include "kernel/parse.h"

/* NAME is among the words, apart by commas, that LEN bytes of LIST are. */
static bool has_word(const char *list, size_t len, const char *name)
{
    size_t want = strlen(name);

    for (size_t at = 0; at < len;) {
        const char *comma = memchr(list + at, ',', len - at);
        size_t word = comma ? (size_t)(comma - list) - at : len - at;
        if (word == want && memcmp(list + at, name, want) == 0)
            return true;
        at += word + 1;
    }
    return false;
}

/* "... /root /point options - cgroup cgroup rw,devices" */
static void look_at_mount(struct isolation_ground *ground, const char *line)
{
    const char *fields = parse_skip_words(line, 4), *point, *type, *options;
    const char *dash = strstr(line, " - "), *end = strchr(line, '\n');

    if (!fields || !dash || (end && dash > end))
        return;
    size_t point_len = parse_word(&fields, &point);
    dash += 3;
    size_t type_len = parse_word(&dash, &type);
    const char *rest = parse_skip_words(dash, 1);
    size_t options_len = rest ? parse_word(&rest, &options) : 0;
    if (type_len == 7 && memcmp(type, "cgroup2", 7) == 0)
        ground->v2 = true;
    else if (type_len == 6 && memcmp(type, "cgroup", 6) == 0 && !ground->devices && options_len &&
             has_word(options, options_len, "devices"))
        ground->devices = xstrndup(point, point_len);
}

static void find_controller(struct isolation_ground *ground)
{
    if (ground->devices_known || !isolation_read_text(ground, 0, "mountinfo"))
        return;
    ground->devices_known = true;
    for (const char *line = ground->scratch; line; line = parse_next_line(line))
        look_at_mount(ground, line);
}

/* The group of INIT in the hierarchy of devices, as we see it; the caller frees. */
static char *group_of(struct isolation_ground *ground, pid_t init)
{
    if (!isolation_read_record(ground, init, "cgroup"))
        return NULL;
    for (const char *line = ground->scratch; line; line = parse_next_line(line)) {
        size_t len = strcspn(line, "\n");
        const char *names = memchr(line, ':', len);
        const char *path = names ? memchr(names + 1, ':', len - (size_t)(names + 1 - line)) : NULL;
        if (path && has_word(names + 1, (size_t)(path - names - 1), "devices"))
            return xstrndup(path + 1, len - (size_t)(path + 1 - line));
    }
    return NULL;
}

void isolation_read_devices(struct isolation_ground *ground, pid_t init,
                            struct isolation_facts *ret)
{
    char path[KERNEL_PATH_MAX];

    find_controller(ground);
    if (!ground->devices) {
        if (ground->v2)
            isolation_set_text(ret, ISOLATION_FACT_DEVICE_CONTROL, "bpf");
        return;
    }
    isolation_set_text(ret, ISOLATION_FACT_DEVICE_CONTROL, "list");
    CLEANUP_FREE char *group = group_of(ground, init);
    if (!group || !kernel_path(path, "%s%s%s/devices.list", ground->root, ground->devices, group) ||
        held_read_once(path, ground->scratch, ISOLATION_SCRATCH) < 0)
        return;
    isolation_begin_list(ret, ISOLATION_FACT_DEVICES);
    for (const char *line = ground->scratch; line && *line; line = parse_next_line(line)) {
        CLEANUP_FREE char *rule = xstrndup(line, strcspn(line, "\n"));
        isolation_add(ret, ISOLATION_FACT_DEVICES, rule);
    }
}
