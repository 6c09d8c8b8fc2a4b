#include "config/settings_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/apart.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define PATIENCE_NS (2 * NS_PER_S)

/* What this process and the one apart both see. */
struct shared {
    atomic_size_t done; /* so many files, in order */
    struct {
        struct error err;
        char text[SETTINGS_BYTES_MAX + 1];
    } file[SETTINGS_FILES_MAX];
};

/* ---- in a process of its own */

static int read_file(const char *path, bool as_root, char *ret, struct error *err)
{
    CLEANUP_FREE char *text = NULL;

    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        error_errno(err, errno, "%s", path);
        return err->code = ERR_GONE;
    }
    int rc = settings_read_file(AT_FDCWD, path, path, 0, as_root, &text, err);
    if (rc == 0)
        memcpy(ret, text, strlen(text) + 1);
    return rc;
}

static struct shared *map(int fd)
{
    void *shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_NORESERVE, fd, 0);

    return shared == MAP_FAILED ? NULL : shared;
}

/* TASK holds "r" for root, else "u", then a path each, "" where there is none. */
static void fetch(const char *task, size_t size, void *answer)
{
    struct shared *shared = map(APART_INPUT);
    const char *user = apart_string(&task, &size), *path;

    for (size_t i = 0;
         shared && user && i < SETTINGS_FILES_MAX && (path = apart_string(&task, &size)); i++) {
        if (path[0])
            read_file(path, user[0] == 'r', shared->file[i].text, &shared->file[i].err);
        else
            shared->file[i].err.code = ERR_GONE;
        atomic_store(&shared->done, i + 1);
    }
    *(bool *)answer = true;
}

static const struct apart_work fetching = {sizeof(bool), fetch};

/* ---- in this one */

static void wait_for(struct apart *apart)
{
    int64_t end = clock_mono_ns() + PATIENCE_NS, left = PATIENCE_NS;
    struct pollfd news = {.fd = apart_fd(apart), .events = POLLIN};
    const void *answer;

    for (; left > 0 && !apart_ended(apart, &answer); left = end - clock_mono_ns())
        poll(&news, 1, (int)(left / NS_PER_MS) + 1);
}

static void take(struct settings_file *files, size_t count, const struct shared *shared)
{
    size_t done = atomic_load(&shared->done);

    for (size_t i = 0; i < count; i++) {
        files[i].err = i < done ? shared->file[i].err : (struct error){0};
        if (i >= done)
            error_set(&files[i].err, ERR_TIMEOUT, NULL, "%s: its file system does not answer",
                      files[i].path);
        else if (!files[i].err.code)
            files[i].text = xstrdup(shared->file[i].text);
    }
}

static char *task_of(const struct settings_file *files, size_t count, bool as_root,
                     size_t *ret_size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_size);

    if (!out)
        return NULL;
    fwrite(as_root ? "r" : "u", 1, 2, out);
    for (size_t i = 0; i < count; i++) {
        const char *path = files[i].path ? files[i].path : "";
        fwrite(path, 1, strlen(path) + 1, out);
    }
    fclose(out);
    return text;
}

/* A clerk of its own: what comes to live on is not started yet. */
static struct apart *begin(const struct settings_file *files, size_t count, bool as_root, int fd,
                           struct error *err)
{
    static const struct apart_work *const works[] = {&fetching};
    size_t size = 0;
    CLEANUP_FREE char *task = task_of(files, count, as_root, &size);

    if (!task || apart_open(works, 1, err) < 0)
        return NULL;
    struct apart *apart = apart_start(&fetching, task, size, fd, err);
    apart_close();
    return apart;
}

void settings_fetch(struct settings_file *files, size_t count, bool as_root)
{
    struct error err = {0};
    struct apart *apart = NULL;
    CLEANUP_CLOSE int fd = memfd_create("vctop-settings", MFD_CLOEXEC);
    bool room = fd >= 0 && ftruncate(fd, sizeof(struct shared)) == 0;
    struct shared *shared = room ? map(fd) : NULL;

    error_errno(&err, errno, "cannot read settings");
    if (shared)
        apart = begin(files, count, as_root, fd, &err);
    if (apart) {
        wait_for(apart);
        take(files, count, shared);
    } else {
        for (size_t i = 0; i < count; i++)
            files[i].err = err;
    }
    apart_free(apart);
    if (shared)
        munmap(shared, sizeof(*shared));
}
