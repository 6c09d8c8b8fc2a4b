/* What stands between the guest and the host: the verdict, its reasons, and all that was read. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/view/detail_internal.h"
#include "ui/widget/grid.h"

enum {
    WORDS,
    VALUE
};

static const struct grid_column columns[] = {
    [WORDS] = {"READ FROM THE RUNNING SYSTEM", 28, false, false, 0},
    [VALUE] = {"VALUE", 10, false, true, 0},
};

enum row {
    ROW_VERDICT,
    ROW_REASON, /* and which */
    ROW_AIR,
    ROW_HEADER,
    ROW_FACT /* which, and which of its texts */
};

static uint64_t row_number(enum row row, size_t which, size_t index)
{
    return (uint64_t)row << 32 | (uint64_t)which << 16 | index;
}

static enum row row_of(uint64_t number)
{
    return (enum row)(number >> 32);
}

static size_t which_of(uint64_t number)
{
    return number >> 16 & 0xffff;
}

static size_t index_of(uint64_t number)
{
    return number & 0xffff;
}

static void list_fact(struct detail *detail, const struct isolation *isolation,
                      enum isolation_fact fact)
{
    const struct isolation_value *value = &isolation->facts.at[fact];
    size_t lines = value->count > 1 ? value->count : 1;

    for (size_t i = 0; i < lines; i++)
        detail_row_add(detail, row_number(ROW_FACT, fact, i));
}

static void list(struct detail *detail, const struct guest *guest)
{
    const struct isolation *isolation = guest->isolation;

    detail_rows_clear(detail);
    if (!isolation)
        return;
    detail_row_add(detail, row_number(ROW_VERDICT, 0, 0));
    for (size_t i = 0; i < isolation->findings; i++)
        detail_row_add(detail, row_number(ROW_REASON, i, 0));
    detail_row_add(detail, row_number(ROW_AIR, 0, 0));
    detail_row_add(detail, row_number(ROW_HEADER, 0, 0));
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++)
        if (isolation_fact_concerns((enum isolation_fact)i, guest->facts.kind))
            list_fact(detail, isolation, (enum isolation_fact)i);
}

static void verdict_text(const struct isolation *isolation, char *dst, size_t size)
{
    /* With the reasons below it the verdict needs but what could not be read. */
    struct isolation alone = *isolation;

    alone.findings = 0;
    isolation_sentence(&alone, dst, size);
}

static void fact_text(const struct isolation *isolation, uint64_t number, char *dst, size_t size)
{
    enum isolation_fact fact = (enum isolation_fact)which_of(number);
    const struct isolation_value *value = &isolation->facts.at[fact];
    const char *control = isolation_text(&isolation->facts, ISOLATION_FACT_DEVICE_CONTROL);
    size_t index = index_of(number);

    isolation_value_text(&isolation->facts, fact, index, dst, size);
    if (fact == ISOLATION_FACT_DEVICES && !value->known && control && strcmp(control, "bpf") == 0)
        snprintf(dst, size, "- (a BPF program decides)");
    size_t len = strlen(dst);
    if (index + 1 == value->count && value->number > value->count)
        snprintf(dst + len, size - len, "  and %llu more",
                 (unsigned long long)(value->number - value->count));
}

static void row_text(const struct guest *guest, uint64_t number, char *dst, size_t size)
{
    dst[0] = '\0';
    switch (row_of(number)) {
    case ROW_VERDICT:
        verdict_text(guest->isolation, dst, size);
        break;
    case ROW_REASON:
        isolation_finding_text(&guest->isolation->finding[which_of(number)], dst, size);
        break;
    case ROW_FACT:
        fact_text(guest->isolation, number, dst, size);
        break;
    case ROW_AIR:
    case ROW_HEADER:
        break;
    }
}

static enum style weight_style(int weight)
{
    return weight >= ISOLATION_WEIGHT_WEAK   ? STYLE_WARN
           : weight >= ISOLATION_WEIGHT_FAIR ? STYLE_NORMAL
                                             : STYLE_DIM;
}

static void draw_row(const struct pager *pager, const struct grid *grid, const struct guest *guest,
                     uint64_t number, int y, bool hit)
{
    struct rect rect = pager->rect;
    char text[ISOLATION_SENTENCE_MAX + 64];
    enum isolation_fact fact = (enum isolation_fact)which_of(number);
    enum style style = STYLE_NORMAL;

    row_text(guest, number, text, sizeof(text));
    switch (row_of(number)) {
    case ROW_VERDICT:
        style = guest->isolation->verdict == ISOLATION_WEAK ? STYLE_WARN : STYLE_TITLE;
        pager_cell(pager, rect, y, 1, hit ? STYLE_SELECTED : style, text, rect.width - 2);
        break;
    case ROW_REASON:
        style = weight_style(guest->isolation->finding[which_of(number)].weight);
        pager_cell(pager, rect, y, 3, hit ? STYLE_SELECTED : style, text, rect.width - 4);
        break;
    case ROW_AIR:
        break;
    case ROW_HEADER:
        grid_header(grid, rect, y);
        break;
    case ROW_FACT:
        if (index_of(number) == 0)
            grid_cell(grid, rect, y, WORDS, STYLE_DIM, isolation_fact_words(fact));
        pager_cell(pager, rect, y, grid->x[VALUE], hit ? STYLE_SELECTED : style, text,
                   grid->cells[VALUE]);
        break;
    }
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    struct pager *pager = &detail->pager;
    struct grid grid;

    (void)ui;
    list(detail, guest);
    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rect.width - 2);
    pager_fit(pager, rect, (long)detail->row_count);
    if (!guest->isolation) {
        draw_text(rect, 0, 1, STYLE_DIM,
                  state_is_live(guest->state) ? "it was not read yet"
                                              : "there is nothing to read: it does not run");
        return;
    }
    for (int y = 0; y < rect.height && pager->top + y < pager->count; y++)
        draw_row(pager, &grid, guest, detail->rows[pager->top + y], y,
                 pager->top + y == pager->cursor);
}

static void text(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                 long line, char *dst, size_t size)
{
    (void)ui;
    dst[0] = '\0';
    if ((size_t)line < detail->row_count && guest->isolation)
        row_text(guest, detail->rows[line], dst, size);
}

const struct detail_tab detail_isolation = {
    .title = "Isolation",
    .brief = "Isol",
    .draw = draw,
    .text = text,
};
