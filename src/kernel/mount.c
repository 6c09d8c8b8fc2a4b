#include "kernel/mount.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/parse.h"

#define uthash_malloc(size) xmalloc(size)
#define uthash_free(ptr, size) free(ptr)
#include <uthash.h>

#define MOUNTS_MAX 16384

struct mount_entry {
    struct mount mount; /* first */
    size_t index;
    UT_hash_handle by_point, by_device;
    uint64_t device;
    char text[]; /* all that MOUNT has in words */
};

struct mount_table {
    struct mount_entry **entry;
    size_t count, capacity;
    struct mount_entry *points, *devices; /* heads of the tables */
};

static bool one_of(const char *word, const char *const *list)
{
    for (; *list; list++) {
        if (word[0] == (*list)[0] && strcmp(word, *list) == 0)
            return true;
    }
    return false;
}

static bool is_network(const char *type)
{
    static const char *const types[] = {"nfs",    "nfs4",     "cifs", "smb3", "smbfs", "ceph",
                                        "9p",     "afs",      "coda", "gfs2", "ocfs2", "lustre",
                                        "beegfs", "virtiofs", "fuse", NULL};
    return one_of(type, types) || strncmp(type, "fuse.", 5) == 0;
}

static enum mount_use use_of(const struct mount *mount)
{
    static const char *const full_by_nature[] = {"squashfs", "iso9660", "udf",
                                                 "erofs",    "cramfs",  NULL};
    /* These have no block device of their own, or one that is only a number. */
    static const char *const real[] = {"zfs", "btrfs", "bcachefs", NULL};
    static const char *const if_used[] = {"tmpfs", "ramfs", "overlay", "aufs", NULL};
    /* FUSE without a store: figures and doors. */
    static const char *const doors[] = {"fuse.lxcfs", "fuse.gvfsd-fuse", "fuse.portal",
                                        "fuse.snapfuse", NULL};

    if (strcmp(mount->type, "autofs") == 0)
        return MOUNT_TRIGGER;
    if (one_of(mount->type, full_by_nature) || one_of(mount->type, doors))
        return MOUNT_NEVER;
    if (one_of(mount->type, if_used))
        return MOUNT_IF_USED;
    if (mount->major == 0 && !one_of(mount->type, real) && !mount->network)
        return MOUNT_NEVER;
    /* A part of something that is not mounted as a whole where we can see it: of a container that
     * we run in. */
    if (strcmp(mount->root, "/") != 0 && !one_of(mount->type, real) && !mount->network)
        return MOUNT_IF_USED;
    return MOUNT_ALWAYS;
}

/* Blanks, tabs, newlines and backslashes stand there as \ooo.  Returns the end of what is in DST.
 */
static char *decode(char *dst, const char *text, size_t len)
{
    if (!memchr(text, '\\', len))
        return mempcpy(dst, text, len);
    for (size_t i = 0; i < len; i++) {
        unsigned value = 0;
        size_t digits = 0;
        while (text[i] == '\\' && digits < 3 && i + 1 + digits < len &&
               text[i + 1 + digits] >= '0' && text[i + 1 + digits] <= '7')
            value = value * 8 + (unsigned)(text[i + 1 + digits++] - '0');
        bool escape = digits == 3 && value > 0 && value <= 0xff;
        *dst++ = escape ? (char)value : text[i];
        i += escape ? 3 : 0;
    }
    return dst;
}

/* The next word into *ROOM, which is as long as the line. */
static char *next_text(const char **line, char **room)
{
    const char *word;
    char *ret = *room;
    size_t len = parse_word(line, &word);

    if (!len)
        return NULL;
    *room = decode(ret, word, len);
    *(*room)++ = '\0';
    return ret;
}

/* Words apart by commas, as they stand in a line. */
struct options {
    const char *text;
    size_t len;
};

static bool has_option(struct options options, const char *name)
{
    size_t len = strlen(name);
    const char *end = options.text + options.len;

    for (const char *p = options.text; p < end;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        size_t word = (size_t)((comma ? comma : end) - p);
        if (word == len && memcmp(p, name, len) == 0)
            return true;
        p += word + 1;
    }
    return false;
}

/* "36 35 98:0 /root /point options [shared:1 ...] - type source superoptions" */
static bool parse_line(const char *line, struct mount *ret, char *room)
{
    struct mount mount = {0};
    struct options own, options;
    const char *word;
    uint64_t id, parent, major, minor;
    size_t len;
    if (!parse_u64(&line, &id) || !parse_u64(&line, &parent) || !parse_u64(&line, &major) ||
        *line++ != ':' || !parse_u64(&line, &minor) || major > UINT32_MAX || minor > UINT32_MAX)
        return false;
    mount.major = (uint32_t)major;
    mount.minor = (uint32_t)minor;
    mount.root = next_text(&line, &room);
    mount.point = next_text(&line, &room);
    own.len = parse_word(&line, &own.text);
    do
        len = parse_word(&line, &word);
    while (len > 0 && !(len == 1 && *word == '-'));
    mount.type = next_text(&line, &room);
    mount.source = next_text(&line, &room);
    options.len = parse_word(&line, &options.text);
    if (!mount.point || mount.point[0] != '/' || !mount.type || !mount.source)
        return false;
    bool ro = has_option(options, "ro"), emergency = has_option(options, "emergency_ro");
    mount.read_only = ro || emergency;
    mount.writable = own.len && !has_option(own, "ro") && options.len && !ro;
    mount.read_only_fault =
        mount.read_only && (emergency || has_option(options, "errors=remount-ro"));
    mount.network = is_network(mount.type);
    mount.use = use_of(&mount);
    *ret = mount;
    return true;
}

static void add(struct mount_table *table, const char *line)
{
    size_t len = strcspn(line, "\n");
    struct mount_entry *entry = xcalloc(1, sizeof(*entry) + len + 1), *below;
    if (!parse_line(line, &entry->mount, entry->text)) {
        free(entry);
        return;
    }
    entry->index = entry->mount.twin = table->count;
    if (table->count == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->entry = xrealloc(table->entry, table->capacity, sizeof(struct mount_entry *));
    }
    table->entry[table->count++] = entry;
    HASH_FIND(by_point, table->points, entry->mount.point, strlen(entry->mount.point), below);
    if (below) {
        below->mount.hidden = true;
        HASH_DELETE(by_point, table->points, below);
    }
    HASH_ADD_KEYPTR(by_point, table->points, entry->mount.point, strlen(entry->mount.point), entry);
}

/* One mount stands for its file system: of the whole rather than of a part, then the shortest. */
static bool stands_before(const struct mount *a, const struct mount *b)
{
    bool whole_a = strcmp(a->root, "/") == 0, whole_b = strcmp(b->root, "/") == 0;
    if (whole_a != whole_b)
        return whole_a;
    return strlen(a->point) < strlen(b->point);
}

static void find_twins(struct mount_table *table)
{
    struct mount_entry *first;
    for (size_t i = 0; i < table->count; i++) {
        struct mount_entry *entry = table->entry[i];
        if (entry->mount.hidden)
            continue;
        entry->device = (uint64_t)entry->mount.major << 32 | entry->mount.minor;
        HASH_FIND(by_device, table->devices, &entry->device, sizeof(entry->device), first);
        if (first && !stands_before(&entry->mount, &first->mount))
            continue;
        if (first)
            HASH_DELETE(by_device, table->devices, first);
        HASH_ADD(by_device, table->devices, device, sizeof(entry->device), entry);
    }
    for (size_t i = 0; i < table->count; i++) {
        struct mount *mount = &table->entry[i]->mount;
        long twin = mount_table_device(table, mount->major, mount->minor);
        if (twin >= 0)
            mount->twin = (size_t)twin;
    }
}

struct mount_table *mount_table_parse(const char *text)
{
    struct mount_table *table = xcalloc(1, sizeof(*table));
    for (const char *line = text; line && table->count < MOUNTS_MAX; line = parse_next_line(line))
        add(table, line);
    find_twins(table);
    return table;
}

void mount_table_free(struct mount_table *table)
{
    if (!table)
        return;
    HASH_CLEAR(by_point, table->points);
    HASH_CLEAR(by_device, table->devices);
    for (size_t i = 0; i < table->count; i++)
        free(table->entry[i]);
    free(table->entry);
    free(table);
}

size_t mount_table_count(const struct mount_table *table)
{
    return table->count;
}

const struct mount *mount_table_at(const struct mount_table *table, size_t index)
{
    return index < table->count ? &table->entry[index]->mount : NULL;
}

long mount_table_find(const struct mount_table *table, const char *path)
{
    if (path[0] != '/')
        return -1;
    for (size_t len = strlen(path); len > 0; len--) {
        struct mount_entry *entry;
        if (path[len] != '/' && path[len] != '\0' && len > 1)
            continue;
        HASH_FIND(by_point, table->points, path, len, entry);
        if (entry)
            return (long)entry->index;
    }
    return -1;
}

long mount_table_device(const struct mount_table *table, uint32_t major, uint32_t minor)
{
    uint64_t device = (uint64_t)major << 32 | minor;
    struct mount_entry *entry;
    HASH_FIND(by_device, table->devices, &device, sizeof(device), entry);
    return entry ? (long)entry->index : -1;
}
