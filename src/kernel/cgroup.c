#include "kernel/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/block.h"
#include "kernel/cgroup_text.h"
#include "kernel/parse.h"

#define MOUNTINFO_MAX_BYTES (1024 * 1024)

static const char *const v1_names[CGROUP_COUNT] = {
    [CGROUP_CPU] = "cpu",  [CGROUP_CPUACCT] = "cpuacct", [CGROUP_MEMORY] = "memory",
    [CGROUP_IO] = "blkio", [CGROUP_PIDS] = "pids",       [CGROUP_FREEZER] = "freezer",
};

enum cgroup_controller cgroup_v1_controller(const char *word, size_t len)
{
    for (int i = 0; i < CGROUP_COUNT; i++) {
        if (v1_names[i] && strlen(v1_names[i]) == len && strncmp(v1_names[i], word, len) == 0)
            return (enum cgroup_controller)i;
    }
    return CGROUP_COUNT;
}

/* mountinfo writes blanks, tabs, newlines and backslashes as three octal digits. */
static char *unescape(const char *word, size_t len)
{
    char *text = xmalloc(len + 1);
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\\' && i + 3 < len && word[i + 1] >= '0' && word[i + 1] <= '3' &&
            word[i + 2] >= '0' && word[i + 2] <= '7' && word[i + 3] >= '0' && word[i + 3] <= '7') {
            text[out++] =
                (char)((word[i + 1] - '0') << 6 | (word[i + 2] - '0') << 3 | (word[i + 3] - '0'));
            i += 3;
        } else {
            text[out++] = word[i];
        }
    }
    text[out] = '\0';
    return text;
}

/* The first mount of a hierarchy is kept, but one of the whole of it is better. */
static void set_mount(struct cgroup_mount *mount, const char *point, const char *within, bool v2)
{
    if (mount->point && (strcmp(mount->within, "/") == 0 || strcmp(within, "/") != 0))
        return;
    xreplace(&mount->point, point);
    xreplace(&mount->within, within);
    mount->v2 = v2;
}

static void set_v1_mounts(struct cgroup_layout *layout, const char *options, const char *point,
                          const char *within)
{
    for (const char *p = options; *p && *p != '\n' && *p != ' ';) {
        size_t len = strcspn(p, ",\n ");
        enum cgroup_controller controller = cgroup_v1_controller(p, len);
        if (controller != CGROUP_COUNT)
            set_mount(&layout->mount[controller], point, within, false);
        p += len;
        if (*p == ',')
            p++;
    }
}

/* "31 23 0:28 ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE SUPER-OPTIONS" */
static void add_mount_line(struct cgroup_layout *layout, const char *line)
{
    const char *p = parse_skip_words(line, 3);
    if (!p)
        return;
    const char *root, *point, *word;
    size_t root_len = parse_word(&p, &root), point_len = parse_word(&p, &point), len;
    if (root_len == 0 || point_len == 0 || *root != '/' || *point != '/')
        return;
    do {
        len = parse_word(&p, &word);
        if (len == 0)
            return;
    } while (len != 1 || *word != '-');

    const char *type, *options;
    size_t type_len = parse_word(&p, &type);
    if (type_len < 6 || strncmp(type, "cgroup", 6) != 0 || parse_word(&p, &word) == 0 ||
        parse_word(&p, &options) == 0)
        return;
    CLEANUP_FREE char *point_text = unescape(point, point_len);
    CLEANUP_FREE char *root_text = unescape(root, root_len);
    if (type_len == 7 && type[6] == '2')
        set_mount(&layout->mount[CGROUP_UNIFIED], point_text, root_text, true);
    else if (type_len == 6)
        set_v1_mounts(layout, options, point_text, root_text);
}

static bool has_word(const char *text, const char *wanted)
{
    const char *word;
    size_t len;
    while ((len = parse_word(&text, &word)) > 0) {
        if (len == strlen(wanted) && strncmp(word, wanted, len) == 0)
            return true;
    }
    return false;
}

/* Controllers that version 1 does not hold are in the unified hierarchy, if it has them.  CPU use
 * and the freezer are part of its core: they need no controller. */
static void add_unified(struct cgroup_layout *layout)
{
    const struct cgroup_mount *unified = &layout->mount[CGROUP_UNIFIED];
    if (!unified->point)
        return;
    char path[KERNEL_PATH_MAX], buf[4096];
    if (!kernel_path(path, "%s%s/cgroup.controllers", layout->root, unified->point) ||
        io_read_file(AT_FDCWD, path, buf, sizeof(buf)) < 0)
        buf[0] = '\0';
    static const char *const v2_names[CGROUP_COUNT] = {
        [CGROUP_MEMORY] = "memory", [CGROUP_IO] = "io", [CGROUP_PIDS] = "pids"};
    for (int i = 0; i < CGROUP_UNIFIED; i++) {
        if (!layout->mount[i].point && (!v2_names[i] || has_word(buf, v2_names[i])))
            set_mount(&layout->mount[i], unified->point, unified->within, true);
    }
}

int cgroup_layout_load(struct cgroup_layout *ret, const char *root, struct error *err)
{
    char path[KERNEL_PATH_MAX];
    CLEANUP_FREE char *text = xmalloc(MOUNTINFO_MAX_BYTES);
    if (!kernel_path(path, "%s/proc/self/mountinfo", root))
        return error_set(err, ERR_USAGE, NULL, "The path of the root is too long");
    ssize_t got = io_read_file(AT_FDCWD, path, text, MOUNTINFO_MAX_BYTES);
    if (got < 0)
        return error_errno(err, (int)-got, "Cannot read %s", path);

    struct cgroup_layout layout = {.root = xstrdup(root)};
    for (const char *line = text; line; line = parse_next_line(line))
        add_mount_line(&layout, line);
    add_unified(&layout);

    struct rlimit limit;
    layout.fds.max = 512;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        rlim_t soft = limit.rlim_cur < 1000000 ? limit.rlim_cur : 1000000;
        layout.fds.max = (size_t)soft / 4 * 3;
    }
    layout.scratch = xmalloc(CGROUP_SCRATCH_BYTES);
    layout.blocks = block_cache_new(layout.root);
    *ret = layout;
    return 0;
}

void cgroup_layout_clear(struct cgroup_layout *layout)
{
    for (int i = 0; i < CGROUP_COUNT; i++) {
        free(layout->mount[i].point);
        free(layout->mount[i].within);
    }
    block_cache_free(layout->blocks);
    free(layout->scratch);
    free(layout->root);
    *layout = (struct cgroup_layout){0};
}

/* PATH without WITHIN in front of it, NULL when it is not below it. */
static const char *below(const char *path, const char *within)
{
    if (strcmp(within, "/") == 0)
        return path;
    size_t len = strlen(within);
    if (strncmp(path, within, len) != 0 || (path[len] && path[len] != '/'))
        return NULL;
    return path + len;
}

/* A path that leads out of our own cgroup namespace begins with "/..". */
static bool climbs(const char *path)
{
    for (const char *p = path; (p = strstr(p, "/..")); p += 3) {
        if (p[3] == '/' || p[3] == '\0')
            return true;
    }
    return false;
}

char *cgroup_dir(const struct cgroup_layout *layout, const struct cgroup_paths *paths,
                 enum cgroup_controller controller)
{
    const struct cgroup_mount *mount = &layout->mount[controller];
    const char *path = paths->path[controller];
    if (!mount->point || !path || *path != '/' || climbs(path))
        return NULL;
    const char *rest = below(path, mount->within);
    if (!rest)
        return NULL;
    return xasprintf("%s%s%s", layout->root, mount->point, strcmp(rest, "/") == 0 ? "" : rest);
}
