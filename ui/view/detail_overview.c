/* What a guest does, at a glance: figures, storage, events and graphs of the last minutes. */
#include <math.h>

#include "base/text.h"
#include "model/advice.h"
#include "ui/view/detail_internal.h"
#include "ui/view/frozen.h"
#include "ui/view/header.h"
#include "ui/view/recent.h"

/* Figures without a graph; trouble only when there is some. */
static void draw_figures(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    static const struct {
        enum metric metric;
        const char *before, *after;
        bool only_trouble;
    } shown[] = {
        {METRIC_CPU_WAIT, "wait ", " %", false},
        {METRIC_THROTTLED, "throttled ", " %", true},
        {METRIC_PIDS, "tasks ", "", false},
        {METRIC_MEM_CACHE, "cache ", "", false},
        {METRIC_MEM_HOST, "host memory ", "", false},
        {METRIC_MEM_OVERHEAD, "overhead ", "", false},
        {METRIC_BOOT, "boot ", "", false},
        {METRIC_OOM_KILLS, "OOM kills ", "", true},
        {METRIC_PIDS_LIMIT_HITS, "tasks refused ", "", true},
        {METRIC_NET_ERRORS, "net errors ", "/s", true},
        {METRIC_NET_DROPS, "drops ", "/s", true},
        {METRIC_PSI_CPU, "PSI c ", " %", true},
        {METRIC_PSI_MEM, "PSI m ", " %", true},
        {METRIC_PSI_IO, "PSI i ", " %", true},
    };
    struct line line = line_new(rect, y);
    char text[UNITS_MAX];

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        double value = detail_metric(ui, guest, shown[i].metric);

        if (isnan(value) || (shown[i].only_trouble && value < 0.05))
            continue;
        line_left(&line, 2, shown[i].only_trouble ? STYLE_WARN : STYLE_DIM, "%s%s%s",
                  shown[i].before, detail_metric_text(text, shown[i].metric, value),
                  shown[i].after);
    }
}

/* The places that its disks lie on, each once: "vda on pool images: ...". */
static void draw_storage(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    const struct place *seen[FACTS_DISKS_MAX];
    struct line line = line_new(rect, y);
    size_t count = 0;

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *place = world_place_of_disk(ui->world, guest, i);
        bool known = !place;
        for (size_t j = 0; j < count; j++)
            known |= seen[j] == place;
        if (known)
            continue;
        seen[count++] = place;
        line_left(&line, 2, STYLE_DIM, "%.16s", guest->facts.disks[i].target);
        detail_put_place(&line, ui, guest, place);
    }
}

/* One line, or none. */
static void draw_advice(const struct ui *ui, const struct guest *guest, struct rect *rect)
{
    struct advice advice;

    if (!ui->advice || !advice_of(ui->world, guest, frozen_history(ui, guest), ui->now_ns, &advice))
        return;
    struct line line = line_new(rect_cut_rows(rect, 1), 0);
    line_left(&line, 0, STYLE_DIM, "Advice:");
    bool whole = (int)text_width(advice.text) <= line.right - line.left - 2;
    line_rest(&line, 1, STYLE_NORMAL, whole ? advice.text : advice.brief);
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    (void)detail;
    if (rect.height >= 10) {
        draw_figures(ui, guest, rect_cut_rows(&rect, 1), 0);
        if (rect.height >= 11)
            draw_storage(ui, guest, rect_cut_rows(&rect, 1), 0);
        if (rect.height >= 11)
            draw_advice(ui, guest, &rect);
        struct rect screen = draw_screen();
        bool elsewhere = header_height(screen.height, screen.width) >= HEADER_WITH_EVENTS;
        recent_draw(ui, elsewhere ? guest : NULL,
                    rect_cut_rows(&rect, rect.height >= 13 ? -2 : -1));
        rect_cut_rows(&rect, rect.height >= 14 ? 1 : 0);
    }
    detail_draw_plots(ui, guest, rect);
}

const struct detail_tab detail_overview = {
    .title = "Overview",
    .brief = "Over",
    .still = true,
    .draw = draw,
};
