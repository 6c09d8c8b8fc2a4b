#include "ui/view/errand.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/save_stream.h"
#include "ui/view/preferences_internal.h"
#include "ui/view/saving.h"
#include "ui/view/view.h"

#define SLOW_NS (2 * NS_PER_S) /* a file system that takes longer is worth a word */
#define LAST_WAIT_MS 1000

struct errand {
    struct apart *apart;
    const struct errand_ops *ops;
    void *task;
    char what[160];
    int64_t since_ns;
    bool hangs; /* that was told */
};

const struct apart_work *const errand_works[ERRAND_WORKS] = {
    &save_stream_work, &saving_work, &preferences_theme_work, &preferences_save_work};

static void finish(struct ui *ui, const void *answer)
{
    struct errand *errand = ui->errand;

    ui->errand = NULL; /* another may begin in done() */
    errand->ops->done(ui, errand->task, answer);
    apart_free(errand->apart);
    free(errand);
}

bool errand_run(struct ui *ui, const char *what, const struct errand_ops *ops, const void *text,
                size_t len, int input, void *task)
{
    struct errand *errand = ui->errand;
    struct error err = {0};

    if (errand && (!errand->hangs || strcmp(errand->what, what) == 0)) {
        ui_say(ui, STYLE_WARN, "still %s: try again when that is done", errand->what);
        return false;
    }
    struct apart *apart = apart_start(ops->work, text, len, input, &err);
    if (!apart) {
        ui_say(ui, STYLE_BAD, "not %s: %s", what, err.message);
        return false;
    }
    if (errand)
        finish(ui, NULL);
    errand = ui->errand = xcalloc(1, sizeof(*errand));
    errand->apart = apart;
    errand->ops = ops;
    errand->task = task;
    errand->since_ns = ui->clock_ns;
    snprintf(errand->what, sizeof(errand->what), "%s", what);
    return true;
}

bool errand_hangs(const struct ui *ui)
{
    return ui->errand && ui->errand->hangs;
}

int errand_fd(const struct ui *ui)
{
    return ui->errand ? apart_fd(ui->errand->apart) : -1;
}

int64_t errand_due(const struct ui *ui)
{
    return ui->errand && !ui->errand->hangs ? ui->errand->since_ns + SLOW_NS : INT64_MAX;
}

bool errand_turn(struct ui *ui)
{
    struct errand *errand = ui->errand;
    const void *answer;

    if (!errand)
        return false;
    if (apart_ended(errand->apart, &answer)) {
        if (!answer)
            ui_say(ui, STYLE_BAD, "%s: killed before it could say how it went", errand->what);
        finish(ui, answer);
        return true;
    }
    if (ui->clock_ns < errand_due(ui))
        return false;
    errand->hangs = true;
    ui_say(ui, STYLE_WARN, "%s: its file system does not answer", errand->what);
    return true;
}

void errand_end(struct ui *ui)
{
    struct errand *errand = ui->errand;
    struct pollfd news = {.fd = errand_fd(ui), .events = POLLIN};
    const void *answer = NULL;

    if (!errand)
        return;
    if (!errand->hangs && poll(&news, 1, LAST_WAIT_MS) > 0)
        apart_ended(errand->apart, &answer);
    finish(ui, answer);
    if (ui->errand) /* done() began another: too late */
        finish(ui, NULL);
}
