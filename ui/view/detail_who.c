#include <math.h>
#include <string.h>

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

/* Why it would not hold what breaks out of it; of one that would, nothing. */
static void draw_isolation(struct line *line, const struct guest *guest)
{
    const struct isolation *isolation = guest->isolation;
    char text[ISOLATION_SENTENCE_MAX];

    if (!isolation || isolation->verdict == ISOLATION_STRONG)
        return;
    isolation_sentence(isolation, text, sizeof(text));
    if (line_left(line, 2, STYLE_DIM, "isolation"))
        line_rest(line, 1, isolation->verdict == ISOLATION_WEAK ? STYLE_WARN : STYLE_DIM, text);
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
    line_left(&line, 2, STYLE_DIM, "%.80s", guest->id.source);
    draw_isolation(&line, guest);
    if (facts->title && (!facts->name || strcmp(facts->title, facts->name) != 0))
        line_rest(&line, 2, STYLE_DIM, facts->title);
}
