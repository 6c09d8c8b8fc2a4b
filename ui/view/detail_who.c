#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/view/detail_internal.h"
#include "ui/view/line.h"
#include "ui/view/wording.h"

static void draw_state(struct line *line, const struct ui *ui, const struct guest *guest)
{
    struct wording wording;
    char age[UNITS_MAX] = "";

    wording_short(&wording, ui->world, guest, ui->now_ns, 24);
    if (guest->state != STATE_RUNNING || wording.stale || guest->blame) {
        line_left(line, 2, wording.style, "%s", wording.text);
        return;
    }
    double up = detail_metric(ui, guest, METRIC_UPTIME);
    if (!isnan(up))
        units_duration(age, up);
    line_left(line, 2, STYLE_NORMAL, "running%s%s", age[0] ? " " : "", age);
}

#define LABEL "isolation"
#define SENTENCE_CELLS 24 /* less of it says nothing beyond the verdict */

static int cells_left(const struct line *line)
{
    return line->right - 1 - line->left;
}

/* Why it would not hold what breaks out of it, or where there is no room for that the verdict. */
static void draw_isolation(struct line *line, const struct isolation *isolation)
{
    enum style style = isolation->verdict == ISOLATION_WEAK ? STYLE_WARN : STYLE_DIM;
    const char *verdict = isolation_verdict_word(isolation->verdict);
    char text[ISOLATION_SENTENCE_MAX];
    int room = cells_left(line) - 2 - (int)strlen(LABEL) - 1;

    if (room < (int)strlen(verdict))
        return;
    line_left(line, 2, STYLE_DIM, LABEL);
    isolation_sentence(isolation, text, sizeof(text));
    if (room >= (int)text_width(text) || room >= (int)strlen(verdict) + SENTENCE_CELLS)
        line_rest(line, 1, style, text);
    else
        line_left(line, 1, style, "%s", verdict);
}

/* The source gives way to a verdict that is not what it should be. */
static void draw_source_and_isolation(struct line *line, const struct guest *guest)
{
    const struct isolation *isolation = guest->isolation;
    bool wanting = isolation && isolation->verdict != ISOLATION_STRONG;
    char source[81];

    snprintf(source, sizeof(source), "%.80s", guest->id.source);
    if (wanting) {
        int verdict =
            2 + (int)strlen(LABEL " ") + (int)strlen(isolation_verdict_word(isolation->verdict));
        int room = cells_left(line);

        if (room < verdict || room >= 2 + (int)text_width(source) + verdict)
            line_left(line, 2, STYLE_DIM, "%s", source);
        draw_isolation(line, isolation);
    } else {
        line_left(line, 2, STYLE_DIM, "%s", source);
    }
}

/* Who it is.  A guest that is like all others says nothing about it: only what is known and what is
 * unusual stands here. */
void detail_draw_who(const struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct facts *facts = &guest->facts;
    struct line line = line_new(rect, 0);
    char memory[UNITS_MAX];

    line_rest(&line, 0, STYLE_TITLE, facts->name ? facts->name : "?");
    line_left(&line, 2, STYLE_DIM, "%s%s%s", facts->type ? facts->type : "", facts->type ? " " : "",
              kind_name(facts->kind));
    draw_state(&line, ui, guest);
    if (facts->vcpus)
        line_left(&line, 2, STYLE_NORMAL, "%u vCPU", facts->vcpus);
    if (facts->memory) {
        units_bytes(memory, (double)facts->memory);
        line_left(&line, facts->vcpus ? 1 : 2, STYLE_NORMAL, "%s", memory);
    }
    for (int i = 0; i < FACTS_ADDRESSES_MAX && facts->addresses[i]; i++)
        if (!line_left(&line, i ? 1 : 2, STYLE_NORMAL, "%s", facts->addresses[i]))
            break;
    if (facts->autostart == 1)
        line_left(&line, 2, STYLE_DIM, "autostart");
    if (facts->persistent == 0)
        line_left(&line, 2, STYLE_WARN, "transient");
    if (facts->manager)
        line_left(&line, 2, STYLE_WARN, "managed by %.40s", facts->manager);
    draw_source_and_isolation(&line, guest);
    if (facts->title && (!facts->name || strcmp(facts->title, facts->name) != 0))
        line_rest(&line, 2, STYLE_DIM, facts->title);
}
