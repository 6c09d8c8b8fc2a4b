/* What a guest does, at a glance: figures, storage, events and graphs of the last minutes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/advice.h"
#include "ui/view/detail_internal.h"
#include "ui/view/header.h"
#include "ui/view/line.h"
#include "ui/view/recent.h"

#define FULL_SOON_S (6 * 3600)

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
        {METRIC_PSI_CPU, "PSI c ", "", true},
        {METRIC_PSI_MEM, "PSI m ", "", true},
        {METRIC_PSI_IO, "PSI i ", "", true},
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

/* "12.3G of 200G left, full in 3h04"; what is wrong comes first. */
static enum style describe_place(const struct ui *ui, const struct place *place, char *dst,
                                 size_t size)
{
    enum place_trouble trouble = place_trouble(place);
    double to_full = place_seconds_to_full(place, ui->now_ns);
    char left[UNITS_MAX] = "-", total[UNITS_MAX] = "-", when[UNITS_MAX], words[80] = "";

    if (place->has_bytes) {
        units_bytes(left, (double)place->avail);
        units_bytes(total, (double)place->total);
    }
    if (trouble == PLACE_SILENT) {
        units_duration(when, (double)(ui->now_ns - place->silent_since_ns) / NS_PER_S);
        snprintf(dst, size, "not answering for %s", when);
        return STYLE_BAD;
    }
    if (trouble != PLACE_FINE)
        snprintf(words, sizeof(words), "%s, ", place_trouble_words(place));
    snprintf(dst, size, "%s%s of %s left", words, left, total);
    if (to_full > 0) {
        size_t len = strlen(dst);
        units_duration(when, to_full);
        snprintf(dst + len, size - len, ", full in %s", when);
    }
    if (trouble == PLACE_FINE)
        return to_full < FULL_SOON_S ? STYLE_WARN : STYLE_NORMAL;
    return trouble == PLACE_NEARLY_FULL || trouble == PLACE_INODES_NEARLY_FULL ? STYLE_WARN
                                                                               : STYLE_BAD;
}

/* What it adds to a place that fills or is in trouble; elsewhere nobody asks. */
static void draw_growth(const struct ui *ui, const struct guest *guest, const struct place *place,
                        struct line *line)
{
    struct growth growth;
    char bytes[UNITS_MAX], span[UNITS_MAX];

    if ((place_trouble(place) == PLACE_FINE && isnan(place_seconds_to_full(place, ui->now_ns))) ||
        !place_growth(ui->world, place, guest, ui->now_ns, &growth) || growth.bytes <= 0)
        return;
    units_bytes(bytes, growth.bytes);
    units_duration(span, (double)(ui->now_ns - growth.since_ns) / NS_PER_S);
    line_left(line, 2, STYLE_NORMAL, "%s %s in %s", growth.written_only ? "wrote" : "grew", bytes,
              span);
}

/* The places that its disks lie on, each once: "vda on pool images: ...". */
static void draw_storage(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    const struct place *seen[FACTS_DISKS_MAX];
    struct line line = line_new(rect, y);
    size_t count = 0;
    char text[160];

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *place = world_place_of_disk(ui->world, guest, i);
        bool known = !place;
        for (size_t j = 0; j < count; j++)
            known |= seen[j] == place;
        if (known)
            continue;
        seen[count++] = place;
        const char *kind = place->kind == PLACE_FS ? "" : place_kind_words(place->kind);
        line_left(&line, 2, STYLE_DIM, "%.16s on %s%s%.40s:", guest->facts.disks[i].target, kind,
                  kind[0] ? " " : "", place->name);
        enum style style = describe_place(ui, place, text, sizeof(text));
        line_left(&line, 1, style, "%s", text);
        draw_growth(ui, guest, place, &line);
    }
}

/* One line, or none. */
static void draw_advice(const struct ui *ui, const struct guest *guest, struct rect *rect)
{
    char text[ADVICE_MAX];

    if (!ui->advice || !advice_of(ui->world, guest, ui->now_ns, text, sizeof(text)))
        return;
    struct line line = line_new(rect_cut_rows(rect, 1), 0);
    line_left(&line, 0, STYLE_DIM, "Advice:");
    line_rest(&line, 1, STYLE_NORMAL, text);
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
