#include "ui/view/culprits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/culprit.h"

#define LINES_MAX (CULPRIT_RESOURCES * (CULPRITS_MAX + 3) + 4)
#define HOST_WORTH_A_WORD 20.0 /* percent of a CPU */
#define NAME_CELLS 20
#define OLD_NS (5 * NS_PER_S)

struct row {
    char text[512];
    enum style style;
    struct guest_id id; /* of a culprit, which Enter opens; else unset */
    char name[80];
};

/* Texts, and no pointers into the model, which goes on meanwhile. */
struct culprits {
    char title[96];
    int64_t at_ns; /* CLOCK_MONOTONIC of the answer */
    struct row row[LINES_MAX];
    int count, cursor; /* on a culprit; -1: there is none */
};

/* ---- words ---- */

static struct row *add(struct culprits *culprits, enum style style)
{
    struct row *row = &culprits->row[culprits->count++];

    row->style = style;
    return row;
}

static void figure(char dst[UNITS_MAX], enum culprit_resource resource, double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        metric_format_value(dst, resource == CULPRIT_CPU ? METRIC_CPU : METRIC_DISK_READ, value);
}

/* "build-07             CPU 598, was 3.0 % on CPUs 0-3": and where the two meet. */
static void add_culprit(struct culprits *culprits, enum culprit_resource resource,
                        const struct culprit *culprit)
{
    static const char *const takes[CULPRIT_RESOURCES] = {
        [CULPRIT_CPU] = "CPU", [CULPRIT_DISK] = "disk", [CULPRIT_NET] = "network"};
    const char *name = culprit->guest->facts.name ? culprit->guest->facts.name : "?";
    struct row *row = add(culprits, STYLE_DIALOG);
    char fitted[NAME_CELLS * 16 + 1], before[UNITS_MAX], now[UNITS_MAX];

    text_fit_middle(fitted, sizeof(fitted), name, NAME_CELLS, false);
    figure(before, resource, culprit->before);
    figure(now, resource, culprit->now);
    snprintf(row->text, sizeof(row->text), "  %s %s %s, was %s%s%s%s", fitted, takes[resource], now,
             before, resource == CULPRIT_CPU ? " %" : " /s",
             culprit->shared[0]        ? " on "
             : !culprit->unsure        ? ""
             : resource == CULPRIT_CPU ? "; may run on other CPUs"
                                       : "; may use another uplink",
             culprit->shared);
    snprintf(row->name, sizeof(row->name), "%s", name);
    guest_id_copy(&row->id, &culprit->guest->id);
    if (culprits->cursor < 0)
        culprits->cursor = culprits->count - 1;
}

static void add_list(struct culprits *culprits, enum culprit_resource resource,
                     const struct culprit_list *list)
{
    if (!list->symptom[0])
        return;
    snprintf(add(culprits, list->suffers ? STYLE_DIALOG_TITLE : STYLE_DIALOG)->text,
             sizeof(culprits->row[0].text), "%s%s", list->symptom,
             list->suffers ? "" : ": that hurts nobody");
    if (list->why[0])
        snprintf(add(culprits, STYLE_DIALOG)->text, sizeof(culprits->row[0].text), "  %s",
                 list->why);
    for (size_t i = 0; i < list->count; i++)
        add_culprit(culprits, resource, &list->at[i]);
}

/* Who waits for the host's own processes has no guest to blame. */
static void add_host(struct culprits *culprits, double percent)
{
    char now[UNITS_MAX];

    metric_format_value(now, METRIC_CPU, percent);
    snprintf(add(culprits, STYLE_DIALOG)->text, sizeof(culprits->row[0].text),
             "  beside its guests the host takes CPU %s %%", now);
}

static void write_answer(struct culprits *culprits, const struct guest *guest,
                         const struct culprit_report *report)
{
    char window[UNITS_MAX], before[UNITS_MAX];
    bool suffers = false;

    snprintf(culprits->title, sizeof(culprits->title), "Who hurts %.60s?",
             guest->facts.name ? guest->facts.name : "it");
    culprits->cursor = -1;
    if (guest->state != STATE_RUNNING) {
        snprintf(add(culprits, STYLE_DIALOG)->text, sizeof(culprits->row[0].text),
                 "nobody can be told: it does not run");
        return;
    }
    for (int i = 0; i < CULPRIT_RESOURCES; i++)
        suffers = suffers || report->list[i].suffers;
    /* What is well is worth a word only where all is. */
    for (int i = 0; i < CULPRIT_RESOURCES; i++) {
        if (report->list[i].suffers || !suffers)
            add_list(culprits, (enum culprit_resource)i, &report->list[i]);
        if (i == CULPRIT_CPU && report->list[i].suffers && report->host_cpu >= HOST_WORTH_A_WORD)
            add_host(culprits, report->host_cpu);
    }
    if (!culprits->count)
        snprintf(add(culprits, STYLE_DIALOG)->text, sizeof(culprits->row[0].text),
                 "nothing is known yet of how long it waits: neither waiting time nor pressure");
    units_duration(window, report->window_s);
    units_duration(before, report->before_s);
    if (suffers)
        snprintf(add(culprits, STYLE_DIALOG)->text, sizeof(culprits->row[0].text),
                 "the last %s against the %s before; the same time is no proof", window, before);
}

/* ---- the dialog ---- */

static void move(struct culprits *culprits, int step)
{
    for (int at = culprits->cursor + step; at >= 0 && at < culprits->count; at += step) {
        if (guest_id_is_set(&culprits->row[at].id)) {
            culprits->cursor = at;
            return;
        }
    }
}

static unsigned go_to(struct ui *ui, const struct culprits *culprits)
{
    const struct row *row = &culprits->row[culprits->cursor];
    struct guest_id id = {0};
    char name[sizeof(row->name)];

    guest_id_copy(&id, &row->id);
    memcpy(name, row->name, sizeof(name));
    ui_modal_close(ui);
    unsigned reaction = ui_show_guest(ui, &id, name);
    guest_id_clear(&id);
    return reaction;
}

static unsigned culprits_key(struct ui *ui, void *data, struct key key)
{
    struct culprits *culprits = data;

    if (key_is(key, SPECIAL_ENTER) && culprits->cursor >= 0)
        return go_to(ui, culprits) | REACT_HANDLED | REACT_REDRAW;
    if (key_is(key, SPECIAL_UP) || key_is_char(key, 'k'))
        move(culprits, -1);
    else if (key_is(key, SPECIAL_DOWN) || key_is_char(key, 'j'))
        move(culprits, 1);
    else if (key_is(key, SPECIAL_ESCAPE) || key_is(key, SPECIAL_ENTER) || key_is_char(key, 'q'))
        ui_modal_close(ui);
    return REACT_HANDLED | REACT_REDRAW;
}

/* An answer stays as it was given: nothing moves below the cursor.  Once it is old it says so. */
static void title_text(const struct culprits *culprits, int64_t now_ns, char *dst, size_t size)
{
    int64_t old_ns = now_ns - culprits->at_ns;
    char age[UNITS_MAX];

    units_duration(age, (double)old_ns / NS_PER_S);
    snprintf(dst, size, old_ns < OLD_NS ? "%s" : "%s  (asked %s ago)", culprits->title, age);
}

static int widest(const struct culprits *culprits, const char *title)
{
    int width = (int)text_width(title) + 2;

    for (int i = 0; i < culprits->count; i++)
        if ((int)text_width(culprits->row[i].text) > width)
            width = (int)text_width(culprits->row[i].text);
    return width;
}

static void culprits_draw(const struct ui *ui, const void *data, struct rect screen,
                          struct rect status)
{
    const struct culprits *culprits = data;
    char title[sizeof(culprits->title) + 40];

    title_text(culprits, ui->clock_ns, title, sizeof(title));
    int width = widest(culprits, title) + 4, height = culprits->count + 2;
    struct rect box = {.height = height < screen.height ? height : screen.height,
                       .width = width < screen.width ? width : screen.width};

    (void)status;
    box.y = screen.y + (screen.height - box.height) / 2;
    box.x = screen.x + (screen.width - box.width) / 2;
    draw_clear(box, STYLE_DIALOG);
    draw_box(box, STYLE_DIALOG, title);
    struct rect inside = rect_inset(box, 1);
    for (int i = 0; i < culprits->count && i < inside.height; i++) {
        const struct row *row = &culprits->row[i];
        enum style style = i == culprits->cursor ? STYLE_SELECTED : row->style;

        draw_cell(inside, i, 0, style, "", inside.width);
        draw_cell(inside, i, 1, style, row->text, inside.width - 2);
    }
}

static void culprits_close(void *data)
{
    struct culprits *culprits = data;

    for (int i = 0; i < culprits->count; i++)
        guest_id_clear(&culprits->row[i].id);
    free(culprits);
}

static const struct modal culprits_modal = {
    .hint = "Enter goes to the guest under the cursor, Esc goes back",
    .key = culprits_key,
    .draw = culprits_draw,
    .close = culprits_close,
};

/* Why there is nobody to go to. */
static const struct modal reason_modal = {
    .hint = "Esc goes back",
    .key = culprits_key,
    .draw = culprits_draw,
    .close = culprits_close,
};

unsigned culprits_open(struct ui *ui, const struct guest *guest)
{
    /* In a frozen moment too it is asked of now: histories go on. */
    const struct world *world = engine_world(ui->engine);
    const struct guest *live = guest ? world_find(world, &guest->id) : NULL;
    struct culprit_report report;

    if (!live) {
        ui_say(ui, STYLE_DIM, guest ? "that guest is gone" : "no guest is selected");
        return REACT_HANDLED | REACT_REDRAW;
    }
    struct culprits *culprits = xcalloc(1, sizeof(*culprits));
    culprits->at_ns = ui->clock_ns;
    culprit_find(world, live, ui->clock_ns, &report);
    write_answer(culprits, live, &report);
    ui_modal_open(ui, culprits->cursor >= 0 ? &culprits_modal : &reason_modal, culprits);
    return REACT_HANDLED | REACT_REDRAW;
}
