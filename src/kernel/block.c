#include "kernel/block.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/parse.h"

#define CACHE_MAX 512
#define ENTRY_LIFE_NS (60 * NS_PER_S)

struct block_cache {
    const char *root;
    struct block_entry {
        uint32_t major, minor;
        bool bottom, disk;
        int64_t asked_ns;
    } * entry;
    size_t count;
};

struct block_cache *block_cache_new(const char *root)
{
    struct block_cache *cache = xcalloc(1, sizeof(*cache));
    cache->root = root;
    return cache;
}

void block_cache_free(struct block_cache *cache)
{
    if (cache)
        free(cache->entry);
    free(cache);
}

static bool exists(const char *dir, const char *name)
{
    char path[KERNEL_PATH_MAX];
    struct stat st;
    return kernel_path(path, "%s/%s", dir, name) && stat(path, &st) == 0;
}

/* It is made of other block devices, whose own counters have the same bytes. */
static bool has_slaves(const char *dir)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/slaves", dir))
        return false;
    CLEANUP_CLOSEDIR DIR *slaves = opendir(path);
    const struct dirent *entry;
    while (slaves && (entry = readdir(slaves))) {
        if (entry->d_name[0] != '.')
            return true;
    }
    return false;
}

/* Memory or a file dressed up as a disk: "zram0" has a file of its own, "loop0" a major number that
 * never changes, "ram0" too. */
#define MAJOR_RAM 1
#define MAJOR_LOOP 7

static struct block_entry ask(const char *root, uint32_t major, uint32_t minor)
{
    struct block_entry entry = {.major = major, .minor = minor, .asked_ns = clock_mono_ns()};
    char dir[KERNEL_PATH_MAX], path[KERNEL_PATH_MAX], buf[32];
    if (major == MAJOR_RAM || major == MAJOR_LOOP)
        return entry;
    if (!kernel_path(dir, "%s/sys/dev/block/%u:%u", root, major, minor) || !exists(dir, ".")) {
        entry.bottom = true;
        return entry;
    }
    bool hidden = kernel_path(path, "%s/hidden", dir) &&
                  io_read_file(AT_FDCWD, path, buf, sizeof(buf)) > 0 && buf[0] == '1';
    entry.bottom =
        !hidden && !exists(dir, "partition") && !exists(dir, "comp_algorithm") && !has_slaves(dir);
    bool empty = kernel_path(path, "%s/size", dir) &&
                 io_read_file(AT_FDCWD, path, buf, sizeof(buf)) > 0 && strcmp(buf, "0\n") == 0;
    entry.disk = entry.bottom && !empty;
    return entry;
}

static struct block_entry look_up(struct block_cache *cache, uint32_t major, uint32_t minor)
{
    struct block_entry *entry = NULL;
    for (size_t i = 0; i < cache->count && !entry; i++) {
        if (cache->entry[i].major == major && cache->entry[i].minor == minor)
            entry = &cache->entry[i];
    }
    if (entry && clock_mono_ns() - entry->asked_ns < ENTRY_LIFE_NS)
        return *entry;
    if (!entry && cache->count == CACHE_MAX)
        return ask(cache->root, major, minor);
    if (!entry) {
        cache->entry = xrealloc(cache->entry, cache->count + 1, sizeof(*cache->entry));
        entry = &cache->entry[cache->count++];
    }
    *entry = ask(cache->root, major, minor);
    return *entry;
}

bool block_is_bottom(struct block_cache *cache, uint32_t major, uint32_t minor)
{
    return look_up(cache, major, minor).bottom;
}

bool block_is_disk(struct block_cache *cache, uint32_t major, uint32_t minor)
{
    return look_up(cache, major, minor).disk;
}

void block_name(const char *root, uint32_t major, uint32_t minor, char *buf, size_t size)
{
    char path[KERNEL_PATH_MAX], text[1024];

    snprintf(buf, size, "%u:%u", major, minor);
    if (!kernel_path(path, "%s/sys/dev/block/%u:%u/uevent", root, major, minor) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
        return;
    for (const char *line = text; line; line = parse_next_line(line)) {
        if (strncmp(line, "DEVNAME=", 8) == 0)
            snprintf(buf, size, "%.*s", (int)strcspn(line + 8, "\n"), line + 8);
    }
}
