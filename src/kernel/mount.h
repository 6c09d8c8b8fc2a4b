/* Mounted file systems, as /proc/PID/mountinfo has them. */
#ifndef VCTOP_KERNEL_MOUNT_H
#define VCTOP_KERNEL_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mount_use {
    MOUNT_NEVER,   /* nothing is stored there: proc, cgroups, images that are full by nature */
    MOUNT_TRIGGER, /* autofs: to look below it would mount something */
    MOUNT_IF_USED, /* worth a row when a guest stands on it: tmpfs, overlay, part of a file system
                    */
    MOUNT_ALWAYS
};

struct mount {
    uint32_t major, minor;
    char *point; /* decoded, as all texts */
    char *root;  /* which directory of the file system is mounted there */
    char *type, *source;
    enum mount_use use;
    bool network;         /* somebody else answers for it: a server, a process (FUSE) */
    bool writable;        /* neither this mount nor its file system is read-only */
    bool read_only;       /* the file system, not only this mount of it */
    bool read_only_fault; /* ... because of an error, as far as the options tell */
    bool hidden;          /* something is mounted over it at the same point */
    size_t twin;          /* index of the mount that stands for this file system, maybe its own */
};

struct mount_table;

/* Never NULL; lines that are none are passed over. */
struct mount_table *mount_table_parse(const char *text);
void mount_table_free(struct mount_table *table);

size_t mount_table_count(const struct mount_table *table);
const struct mount *mount_table_at(const struct mount_table *table, size_t index);

/* Index of the mount on which the absolute PATH lies by its text (links are not followed), -1 when
 * there is none. */
long mount_table_find(const struct mount_table *table, const char *path);

/* Index of the mount that stands for the file system of that device number, -1 when there is none.
 */
long mount_table_device(const struct mount_table *table, uint32_t major, uint32_t minor);

#endif
