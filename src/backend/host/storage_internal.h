/* What the files storage*.c share. */
#ifndef VCTOP_BACKEND_HOST_STORAGE_INTERNAL_H
#define VCTOP_BACKEND_HOST_STORAGE_INTERNAL_H

#include "backend/host/storage.h"
#include "kernel/mount.h"

struct storage_fs {
    size_t mount;  /* index in the table: the one that stands for the file system */
    bool used;     /* a guest stands on it */
    bool asked;    /* there was an answer, good or bad */
    bool flag_ro;  /* as statvfs said last */
    int64_t at_ns; /* of the figures; 0: none */
    int64_t silent_since_ns;
    uint64_t total, avail, inodes_total, inodes_avail;
};

struct storage_disk {
    char *path;
    long mount; /* index in the table on which it lies by its text, -1 none */
    long fs;    /* index of the file system that it really is on, as far as is known; -1 */
    bool gone;  /* there is no such file */
    bool known; /* ST is there */
    struct stat st;
    int64_t at_ns;
};

struct storage {
    const char *root;
    struct prober *prober;
    int mountinfo_fd; /* -1: not open */
    struct mount_table *table;
    int64_t table_ns; /* when it was read; 0: it has to be */
    struct storage_fs *fs;
    size_t fs_count;
    struct storage_disk *disk;
    size_t disk_count;
    struct thin_list thin;
    int64_t thin_ns, thin_silent_ns;
    int64_t round_ns; /* when the last round began */
};

/* Reads the table of mounts when it has changed, and finds file systems and disks in it again. */
void storage_mounts(struct storage *storage, int64_t now_ns);

/* Takes the paths of WANT for those that are known. */
void storage_paths(struct storage *storage, const struct want *want);
bool storage_paths_differ(const struct storage *storage, const struct want *want);

/* The file system of mount MOUNT, -1 when it is none that is told of. */
long storage_fs_of_mount(const struct storage *storage, long mount);

/* Says all that is known. */
void storage_say(const struct storage *storage, struct sink *sink);

#endif
