#include "kernel/block.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/parse.h"

#define CACHE_MAX 512
#define ENTRY_LIFE_NS (60 * NS_PER_S)

struct block_cache {
    const char *root;
    struct block_entry {
        uint32_t major, minor;
        bool bottom;
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

static bool dir_is_bottom(const char *dir)
{
    return !exists(dir, "partition") && !exists(dir, "comp_algorithm") && !has_slaves(dir);
}

static bool ask(const char *root, uint32_t major, uint32_t minor)
{
    char dir[KERNEL_PATH_MAX];
    if (major == MAJOR_RAM || major == MAJOR_LOOP)
        return false;
    if (!kernel_path(dir, "%s/sys/dev/block/%u:%u", root, major, minor))
        return true;
    return dir_is_bottom(dir);
}

bool block_is_bottom(struct block_cache *cache, uint32_t major, uint32_t minor)
{
    int64_t now = clock_mono_ns();
    struct block_entry *entry = NULL;
    for (size_t i = 0; i < cache->count; i++) {
        if (cache->entry[i].major == major && cache->entry[i].minor == minor)
            entry = &cache->entry[i];
    }
    if (entry && now - entry->asked_ns < ENTRY_LIFE_NS)
        return entry->bottom;
    if (!entry) {
        if (cache->count == CACHE_MAX)
            return ask(cache->root, major, minor);
        cache->entry = xrealloc(cache->entry, cache->count + 1, sizeof(*cache->entry));
        entry = &cache->entry[cache->count++];
    }
    *entry = (struct block_entry){major, minor, ask(cache->root, major, minor), now};
    return entry->bottom;
}

bool block_name_is_bottom(const char *root, const char *name)
{
    char dir[KERNEL_PATH_MAX];
    if (strchr(name, '/') || strncmp(name, "loop", 4) == 0 || strncmp(name, "ram", 3) == 0 ||
        !kernel_path(dir, "%s/sys/block/%s", root, name) || !exists(dir, "."))
        return false;
    return dir_is_bottom(dir);
}
