/* A time line to a file. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/view/ask.h"
#include "ui/view/moment.h"
#include "ui/view/saving.h"
#include "ui/view/timeline.h"

static char *file_text(const struct timeline *timeline, const struct ui *ui, size_t *ret_len)
{
    char *text = NULL, now[MOMENT_MAX];
    FILE *out = open_memstream(&text, ret_len);
    const struct host *host = world_host_get(ui->world);

    if (!out)
        return NULL;
    moment_text(now, ui->wall_ns, MOMENT_FULL);
    fprintf(out, "# vctop: %s of %s until %s, oldest first", timeline->ops->what,
            host->cur.name[0] ? host->cur.name : "this host", now);
    if (timeline->narrowed)
        fprintf(out, ", only with '%s'", timeline->pager.pattern);
    fputc('\n', out);
    for (long row = timeline->pager.count; row-- > 0;) {
        char line[TIMELINE_TEXT];

        timeline->ops->text(ui, timeline->rows[row], line, sizeof(line));
        fprintf(out, "%s\n", line);
    }
    fclose(out);
    return text;
}

static unsigned save(struct ui *ui, void *context, const char *path, bool accepted)
{
    const struct timeline *timeline = context;
    char what[64];
    size_t len = 0;

    if (!accepted)
        return 0;
    if (!*path) {
        ui_say(ui, STYLE_WARN, "nothing was written: a file needs a name");
        return 0;
    }
    CLEANUP_FREE char *text = file_text(timeline, ui, &len);
    /* "1 event": both names are plural. */
    snprintf(what, sizeof(what), "%ld %.*s", timeline->pager.count,
             (int)strlen(timeline->ops->what) - (timeline->pager.count == 1), timeline->ops->what);
    if (text)
        saving_start(ui, path, text, len, what);
    return 0;
}

static const struct text_question save_ask = {
    .label = " Write to: ",
    .hint = "Enter writes a new file, nothing is overwritten; Esc cancels",
    .done = save,
};

void timeline_ask_where(struct timeline *timeline, struct ui *ui)
{
    char path[128], now[MOMENT_MAX];

    moment_text(now, ui->wall_ns, MOMENT_NAME);
    snprintf(path, sizeof(path), "vctop-%s-%s.txt", timeline->ops->what, now);
    ask_open(ui, &save_ask, path, timeline);
}
