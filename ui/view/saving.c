#include "ui/view/saving.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/save.h"
#include "ui/view/errand.h"

struct written {
    struct error err;
    char path[3000];
};

_Static_assert(sizeof(struct written) <= APART_ANSWER_MAX, "an answer is never torn");

char *saving_path(const char *path)
{
    const char *home = getenv("HOME");

    return strncmp(path, "~/", 2) == 0 && home && *home ? xasprintf("%s%s", home, path + 1)
                                                        : xstrdup(path);
}

/* The text lies in the input: it may be long. */
static void write_file(const char *task, size_t size, void *answer)
{
    struct written *written = answer;
    struct stat info;
    const char *path = apart_string(&task, &size);

    if (!path)
        return;
    save_full_path(written->path, sizeof(written->path), path);
    if (fstat(APART_INPUT, &info) < 0) {
        error_errno(&written->err, errno, "cannot write %.200s", path);
        return;
    }
    size_t len = (size_t)info.st_size;
    char *text = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, APART_INPUT, 0) : NULL;
    if (text == MAP_FAILED)
        error_errno(&written->err, errno, "cannot write %.200s", path);
    else
        save_new_file(path, text, len, &written->err);
}

const struct apart_work saving_work = {sizeof(struct written), write_file};

static void say_written(struct ui *ui, void *task, const void *answer)
{
    const struct written *written = answer;
    CLEANUP_FREE char *what = task;

    if (written && written->err.code)
        ui_say_error(ui, &written->err);
    else if (written)
        ui_say(ui, STYLE_GOOD, "%s written to %.200s", what, written->path);
}

static int in_memory(const char *text, size_t len)
{
    CLEANUP_CLOSE int fd = memfd_create("vctop-text", MFD_CLOEXEC);

    return fd < 0 || io_write_all(fd, text, len) < 0 ? -1 : move_fd(&fd);
}

void saving_start(struct ui *ui, const char *path, const char *text, size_t len, const char *what)
{
    static const struct errand_ops ops = {&saving_work, say_written};
    CLEANUP_FREE char *doing = xasprintf("writing %.100s", path);
    CLEANUP_FREE char *whole = saving_path(path);
    CLEANUP_FREE char *task = xstrdup(what);
    CLEANUP_CLOSE int input = in_memory(text, len);

    if (input < 0)
        ui_say(ui, STYLE_BAD, "not %s: there is no memory", doing);
    else if (errand_run(ui, doing, &ops, whole, strlen(whole) + 1, input, task))
        task = NULL;
}
