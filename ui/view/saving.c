#include "ui/view/saving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save.h"
#include "base/text.h"

#define SLOW_NS (5 * NS_PER_S) /* a file system that takes longer is worth a word */

struct saving {
    struct save *save;
    char what[64];
    int64_t since_ns;
    bool told; /* that it takes long */
};

static char *expand(const char *path)
{
    const char *home = getenv("HOME");

    return strncmp(path, "~/", 2) == 0 && home && *home ? xasprintf("%s%s", home, path + 1)
                                                        : xstrdup(path);
}

static void say_error(struct ui *ui, const struct error *err)
{
    char text[600], clean[400];

    error_text(err, text, sizeof(text));
    text_sanitise_into(clean, sizeof(clean), text, strlen(text));
    ui_say(ui, STYLE_BAD, "%s", clean);
}

void saving_end(struct ui *ui)
{
    if (!ui->saving)
        return;
    save_free(ui->saving->save);
    free(ui->saving);
    ui->saving = NULL;
}

void saving_start(struct ui *ui, const char *path, const char *text, size_t len, const char *what)
{
    CLEANUP_FREE char *full = expand(path);
    struct error err = {0};

    if (ui->saving && !ui->saving->told) {
        ui_say(ui, STYLE_WARN, "%s are still being written", ui->saving->what);
        return;
    }
    saving_end(ui); /* one that hangs is left to itself */
    struct save *save = save_start(full, text, len, &err);
    if (!save) {
        say_error(ui, &err);
        return;
    }
    ui->saving = xcalloc(1, sizeof(*ui->saving));
    ui->saving->save = save;
    ui->saving->since_ns = ui->clock_ns;
    snprintf(ui->saving->what, sizeof(ui->saving->what), "%s", what);
}

int saving_fd(const struct ui *ui)
{
    return ui->saving ? save_fd(ui->saving->save) : -1;
}

int64_t saving_due(const struct ui *ui)
{
    return ui->saving && !ui->saving->told ? ui->saving->since_ns + SLOW_NS : INT64_MAX;
}

bool saving_turn(struct ui *ui)
{
    struct saving *saving = ui->saving;
    struct error err;
    char path[200];

    if (!saving)
        return false;
    bool ended = save_ended(saving->save, &err);
    text_sanitise_into(path, sizeof(path), save_path(saving->save),
                       strlen(save_path(saving->save)));
    if (ended) {
        if (err.code)
            say_error(ui, &err);
        else
            ui_say(ui, STYLE_GOOD, "%s written to %s", saving->what, path);
        saving_end(ui);
        return true;
    }
    if (saving->told || ui->clock_ns < saving_due(ui))
        return false;
    saving->told = true;
    ui_say(ui, STYLE_WARN, "still writing %s: its file system does not answer", path);
    return true;
}
