/* The places that a guest's disks lie on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/view/detail_internal.h"

#define FULL_SOON_S (6 * 3600)

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

void detail_put_place(struct line *line, const struct ui *ui, const struct guest *guest,
                      const struct place *place)
{
    const char *kind = place->kind == PLACE_FS ? "" : place_kind_words(place->kind);
    char text[160];

    line_left(line, 1, STYLE_DIM, "on %s%s%.40s:", kind, kind[0] ? " " : "", place->name);
    enum style style = describe_place(ui, place, text, sizeof(text));
    line_left(line, 1, style, "%s", text);
    draw_growth(ui, guest, place, line);
}
