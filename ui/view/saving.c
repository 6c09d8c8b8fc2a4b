#include "ui/view/saving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/apart.h"
#include "base/cleanup.h"
#include "base/save.h"
#include "ui/view/errand.h"

struct file {
    char *path;
    const char *text; /* the caller's, only for the process, which has its copy */
    size_t len;
    char what[64];
};

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

static void write_file(const void *task, void *answer)
{
    const struct file *file = task;
    struct written *written = answer;

    save_full_path(written->path, sizeof(written->path), file->path);
    save_new_file(file->path, file->text, file->len, &written->err);
}

static void free_file(struct file *file)
{
    free(file->path);
    free(file);
}

static void say_written(struct ui *ui, void *task, const void *answer)
{
    const struct written *written = answer;
    struct file *file = task;

    if (written && written->err.code)
        ui_say_error(ui, &written->err);
    else if (written)
        ui_say(ui, STYLE_GOOD, "%s written to %.200s", file->what, written->path);
    free_file(file);
}

void saving_start(struct ui *ui, const char *path, const char *text, size_t len, const char *what)
{
    static const struct errand_ops ops = {sizeof(struct written), write_file, say_written};
    CLEANUP_FREE char *doing = xasprintf("writing %.100s", path);
    struct file *file = xcalloc(1, sizeof(*file));

    file->path = saving_path(path);
    file->text = text;
    file->len = len;
    snprintf(file->what, sizeof(file->what), "%s", what);
    if (!errand_run(ui, doing, &ops, file))
        free_file(file);
}
