/* A guest's links, each with its way out of the host and what is lost on it. */
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/term/term.h"
#include "ui/view/detail_internal.h"

#define LINKS PART_BIT(PART_LINK)
#define HOPS 3        /* tap or veth, bridge, uplink: words of a part */
#define NAME_CELLS 15 /* the longest the kernel allows */
#define NAME_CELLS_NARROW 10
#define NARROW_WIDTH 50
#define WAY_WIDTH 100 /* all of them in one line */

enum {
    LINK,
    IN,
    OUT,
    IN_PACKETS,
    OUT_PACKETS,
    ERRORS,
    DROPS,
    ADDRESS
};

static const struct grid_column columns[] = {
    [LINK] = {"LINK", 17, false, false, 0},         [IN] = {"IN/s", 6, true, false, 0},
    [OUT] = {"OUT/s", 6, true, false, 0},           [IN_PACKETS] = {"IN p/s", 6, true, false, 2},
    [OUT_PACKETS] = {"OUT p/s", 7, true, false, 2}, [ERRORS] = {"ERR/s", 5, true, false, 1},
    [DROPS] = {"DROP/s", 6, true, false, 0},        [ADDRESS] = {"ADDRESS", 15, false, true, 3},
};

static double both(const struct ui *ui, const struct part *part, enum part_field rx,
                   enum part_field tx)
{
    return detail_rate(ui, part, rx) + detail_rate(ui, part, tx);
}

/* Losses want a look. */
static void draw_losses(const struct grid *grid, struct rect rect, int y, int column,
                        enum style style, double rate)
{
    detail_cell(grid, rect, y, column, style == STYLE_NORMAL && rate > 0 ? STYLE_WARN : style,
                DETAIL_COUNT, rate);
}

static void draw_link(const struct ui *ui, const struct grid *grid, struct rect rect, int y,
                      const struct part *part)
{
    enum style style = detail_style(ui, part);

    grid_cell(grid, rect, y, LINK, style, part->name ? part->name : "-");
    detail_cell(grid, rect, y, IN, style, DETAIL_BYTES, detail_rate(ui, part, PART_FIELD_RX));
    detail_cell(grid, rect, y, OUT, style, DETAIL_BYTES, detail_rate(ui, part, PART_FIELD_TX));
    detail_cell(grid, rect, y, IN_PACKETS, style, DETAIL_COUNT,
                detail_rate(ui, part, PART_FIELD_RX_PACKETS));
    detail_cell(grid, rect, y, OUT_PACKETS, style, DETAIL_COUNT,
                detail_rate(ui, part, PART_FIELD_TX_PACKETS));
    draw_losses(grid, rect, y, ERRORS, style,
                both(ui, part, PART_FIELD_RX_ERRORS, PART_FIELD_TX_ERRORS));
    draw_losses(grid, rect, y, DROPS, style,
                both(ui, part, PART_FIELD_RX_DROPS, PART_FIELD_TX_DROPS));
    grid_cell(grid, rect, y, ADDRESS, STYLE_DIM, detail_word(part, 3));
}

/* One hop of the way out of the host: who drops there, now and since it is there. */
static void put_hop(struct line *line, const struct ui *ui, const struct part *part, int hop,
                    int name_cells)
{
    static const struct {
        const char *word;
        enum part_field drops;
    } counters[HOPS][2] = {{{"in ", PART_FIELD_RX_DROPS}, {"out ", PART_FIELD_TX_DROPS}},
                           {{"", PART_FIELD_BRIDGE_DROPS}, {NULL, 0}},
                           {{"", PART_FIELD_UPLINK_DROPS}, {NULL, 0}}};

    line_left(line, 1, STYLE_DIM, "%s %-*s", term_is_utf8() ? "→" : "->", name_cells,
              detail_word(part, hop));
    line_left(line, 2, STYLE_DIM, "drops");
    for (int i = 0; i < 2 && counters[hop][i].word; i++) {
        double rate = detail_rate(ui, part, counters[hop][i].drops);
        double total = detail_gauge(part, counters[hop][i].drops);
        char now[UNITS_MAX], all[UNITS_MAX];

        units_count(now, rate);
        units_count(all, total);
        line_left(line, 1, rate > 0 ? STYLE_WARN : STYLE_DIM, "%s%s/s", counters[hop][i].word, now);
        if (total > 0)
            line_left(line, 1, STYLE_DIM, "(%s)", all);
    }
}

/* Hop number NTH of the way, or all of it in one line. */
static void draw_way(const struct ui *ui, struct rect rect, int y, const struct part *part, int nth,
                     bool in_one)
{
    struct line line = line_new(rect, y);
    int cells = in_one ? 0 : rect.width < NARROW_WIDTH ? NAME_CELLS_NARROW : NAME_CELLS;

    line.left = 2;
    for (int hop = in_one ? 0 : nth; hop <= (in_one ? HOPS - 1 : nth); hop++)
        if (part->words[hop] || hop == 0)
            put_hop(&line, ui, part, hop, cells);
}

static void draw_sums(const struct ui *ui, const struct guest *guest, const struct parts *parts,
                      struct rect rect)
{
    struct line line = line_new(rect, 0);
    char in[UNITS_MAX], out[UNITS_MAX];

    detail_put_age(&line, ui, parts, LINKS);
    detail_text(in, DETAIL_BYTES, detail_metric(ui, guest, METRIC_NET_RX));
    detail_text(out, DETAIL_BYTES, detail_metric(ui, guest, METRIC_NET_TX));
    line_left(&line, 0, STYLE_NORMAL, "Net in %s out %s /s", in, out);
    line_left(&line, 2, STYLE_DIM, "bytes and packets as the guest sees them");
}

static void draw_rows(const struct detail *detail, const struct ui *ui, const struct parts *parts,
                      const struct grid *grid, int rows_each)
{
    const struct pager *pager = &detail->pager;

    for (int y = 0; parts && y < pager->rect.height && pager->top + y < pager->count; y++) {
        long row = pager->top + y;
        const struct part *part = &parts->part[detail->rows[row / rows_each]];
        int nth = (int)(row % rows_each);

        if (nth)
            draw_way(ui, pager->rect, y, part, nth - 1, rows_each == 2);
        else
            draw_link(ui, grid, pager->rect, y, part);
    }
}

static bool has_hosts_network(const struct guest *guest)
{
    const struct isolation_value *shared =
        guest->isolation ? &guest->isolation->facts.at[ISOLATION_FACT_SHARED] : NULL;

    return state_is_live(guest->state) && shared && shared->known &&
           shared->number >> SPACE_NET & 1;
}

/* A row of figures for each link, and one for its way, or for each hop of it. */
static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct parts *parts = detail_list(detail, ui, guest, LINKS);
    int rows_each = rect.width >= WAY_WIDTH ? 2 : 1 + HOPS;
    int count = (int)detail->row_count * rows_each;
    struct grid grid;

    draw_sums(ui, guest, parts, rect_cut_rows(&rect, 1));
    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rect.width - 2);
    grid_header(&grid, rect_cut_rows(&rect, 1), 0);
    if (!parts && has_hosts_network(guest))
        draw_text(rect_cut_rows(&rect, 1), 0, 1, STYLE_DIM, "it shares the host's network");
    else if (!parts)
        detail_draw_nothing(detail, ui, guest, rect_cut_rows(&rect, 1), LINKS, "links");
    pager_fit(&detail->pager, rect_cut_rows(&rect, count < rect.height ? count : rect.height),
              count);
    draw_rows(detail, ui, parts, &grid, rows_each);
    detail_draw_plot(ui, guest, rect, DETAIL_PLOT_NET);
}

const struct detail_tab detail_network = {
    .title = "Network",
    .brief = "Net",
    .parts = LINKS,
    .draw = draw,
};
