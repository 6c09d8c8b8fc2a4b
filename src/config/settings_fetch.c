#include "config/settings_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
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

struct fetch {
    const struct settings_file *files;
    size_t count;
    bool as_root;
    struct shared *shared;
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

static void fetch(const void *task, void *answer)
{
    const struct fetch *fetch = task;
    struct shared *shared = fetch->shared;

    for (size_t i = 0; i < fetch->count; i++) {
        if (fetch->files[i].path)
            read_file(fetch->files[i].path, fetch->as_root, shared->file[i].text,
                      &shared->file[i].err);
        else
            shared->file[i].err.code = ERR_GONE;
        atomic_store(&shared->done, i + 1);
    }
    *(bool *)answer = true;
}

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

void settings_fetch(struct settings_file *files, size_t count, bool as_root)
{
    struct error err = {0};
    struct apart *apart = NULL;
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const struct fetch task = {files, count, as_root, shared};

    if (shared == MAP_FAILED)
        error_errno(&err, errno, "cannot read settings");
    else
        apart = apart_start(fetch, &task, sizeof(bool), &err);
    if (apart) {
        wait_for(apart);
        take(files, count, shared);
    } else {
        for (size_t i = 0; i < count; i++)
            files[i].err = err;
    }
    apart_free(apart);
    if (shared != MAP_FAILED)
        munmap(shared, sizeof(*shared));
}
