#include "ui/view/console_save.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "ui/view/ask.h"
#include "ui/view/moment.h"
#include "ui/view/saving.h"

#define TEXT_BYTES 12288 /* of a line: a thousand columns, each with marks */

/* The lines [*FROM, *END) that are meant. */
static void range(const struct tab *tab, long *from, long *end)
{
    long mark = (long)(tab->mark - emulator_dropped(tab->emulator));

    *from = 0;
    *end = emulator_lines(tab->emulator);
    if (!tab->marked || !tab->looks_back)
        return;
    if (tab->mark < emulator_dropped(tab->emulator))
        mark = 0;
    *from = mark < tab->pager.cursor ? mark : tab->pager.cursor;
    *end = (mark < tab->pager.cursor ? tab->pager.cursor : mark) + 1;
}

static char *lines_text(const struct tab *tab, long *ret_count, size_t *ret_len)
{
    char *text = NULL, line[TEXT_BYTES];
    FILE *out = open_memstream(&text, ret_len);
    long from, end, blank = 0;

    range(tab, &from, &end);
    *ret_count = 0;
    for (long i = from; out && i < end; i++) {
        /* The screen's empty end is no part of what was said. */
        if (!emulator_line_text(tab->emulator, i, line, sizeof(line))) {
            blank++;
            continue;
        }
        for (; blank > 0; blank--, ++*ret_count)
            fputc('\n', out);
        fprintf(out, "%s\n", line);
        ++*ret_count;
    }
    if (out)
        fclose(out);
    return text;
}

static unsigned save(struct ui *ui, void *context, const char *path, bool accepted)
{
    const struct tab *tab = tabs_active(ui);
    char what[64];
    size_t len = 0;
    long count;

    (void)context;
    if (!accepted || !tab)
        return 0;
    if (!*path) {
        ui_say(ui, STYLE_WARN, "nothing was written: a file needs a name");
        return 0;
    }
    CLEANUP_FREE char *text = lines_text(tab, &count, &len);
    snprintf(what, sizeof(what), "%ld line%s", count, count == 1 ? "" : "s");
    if (text)
        saving_start(ui, path, text, len, what);
    return 0;
}

static const struct text_question all_ask = {
    .label = " Write all to: ",
    .hint = "Enter writes a new file, Esc cancels; Space marks a part",
    .done = save,
};

static const struct text_question part_ask = {
    .label = " Write the marked lines to: ",
    .hint = "Enter writes a new file, nothing is overwritten; Esc cancels",
    .done = save,
};

void console_save_ask(struct ui *ui)
{
    const struct tab *tab = tabs_active(ui);
    char path[128], now[MOMENT_MAX];

    if (!tab)
        return;
    moment_text(now, ui->wall_ns, MOMENT_NAME);
    snprintf(path, sizeof(path), "vctop-console-%s.txt", now);
    ask_open(ui, tab->marked ? &part_ask : &all_ask, path, NULL);
}
