#include "ui/quit.h"

#include <stdio.h>

#include "base/alloc.h"
#include "ui/view/tabs.h"
#include "ui/widget/dialog.h"

static unsigned key(struct ui *ui, void *data, struct key pressed)
{
    switch (confirm_key(data, pressed, ui->clock_ns)) {
    case DIALOG_ACCEPTED:
        return REACT_HANDLED | REACT_QUIT;
    case DIALOG_CANCELLED:
        ui_modal_close(ui);
        break;
    default:
        break;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static void draw(const struct ui *ui, const void *data, struct rect screen, struct rect status)
{
    (void)ui;
    (void)status;
    confirm_draw(data, screen);
}

static void close_question(void *data)
{
    confirm_clear(data);
    free(data);
}

static const struct modal question = {
    .hint = "Esc stays",
    .key = key,
    .draw = draw,
    .close = close_question,
};

unsigned quit_ask(struct ui *ui)
{
    size_t live = engine_jobs_live(ui->engine), consoles = tabs_live(ui), listed = 0;
    struct confirm *confirm;
    char line[160];

    if (!live && !consoles)
        return REACT_HANDLED | REACT_QUIT;
    confirm = xcalloc(1, sizeof(*confirm));
    confirm_init(confirm, "Quit?", "Quit", "", ui->clock_ns);
    if (consoles) {
        snprintf(line, sizeof(line), "%zu console%s open: closed, what runs in a shell is hung up.",
                 consoles, consoles == 1 ? " is" : "s are");
        confirm_line(confirm, line);
    }
    if (live) {
        snprintf(line, sizeof(line), "%zu job%s under way: those that run go on without vctop,",
                 live, live == 1 ? " is" : "s are");
        confirm_line(confirm, line);
        confirm_line(confirm, "those that are queued are not begun.");
    }
    for (size_t i = 0; i < engine_job_count(ui->engine) && listed < 8; i++) {
        const struct job *job = engine_job_at(ui->engine, i);

        if (job->state != JOB_QUEUED && job->state != JOB_RUNNING)
            continue;
        snprintf(line, sizeof(line), "  %.60s: %s%s", job->name, action_name(job->action),
                 job->state == JOB_QUEUED ? ", queued" : "");
        confirm_line(confirm, line);
        listed++;
    }
    confirm_line(confirm, "");
    ui_modal_open(ui, &question, confirm);
    key_discard();
    return REACT_HANDLED | REACT_REDRAW;
}
