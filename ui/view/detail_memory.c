/* What a guest's memory is taken for, and what the host spends on it. */
#include <math.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/term/term.h"
#include "ui/view/detail_internal.h"
#include "ui/view/wording.h"

#define MEMORY PART_BIT(PART_MEMORY)
#define ITEM_CELLS 38 /* a label and its figure */
#define FIGURE_CELLS 8

/* One figure of the list. */
struct item {
    const char *label, *after;
    enum detail_unit unit;
    double value;
    bool trouble; /* more than nothing wants a look */
    bool told;    /* by the guest itself: as old as its last report */
    bool stale;
};

#define ITEMS_MAX 20

struct items {
    struct item item[ITEMS_MAX];
    int count;
};

static const struct part *memory_of(const struct ui *ui, const struct guest *guest)
{
    const struct parts *parts = world_parts_of(ui->world, guest);

    for (size_t i = 0; parts && i < parts->count; i++)
        if (parts->part[i].kind == PART_MEMORY)
            return &parts->part[i];
    return NULL;
}

static double gauge(const struct part *part, enum part_field field)
{
    return part ? detail_gauge(part, field) : NAN;
}

static double rate(const struct ui *ui, const struct part *part, enum part_field field)
{
    return part ? detail_rate(ui, part, field) : NAN;
}

/* The measured one, else what the samples of all guests have. */
static double known(double measured, double sampled)
{
    return isnan(measured) ? sampled : measured;
}

struct memory {
    double used, cache, free, limit, host;
    const char *cached; /* what stands for it: of a container not all of its file cache */
    const char *rest;   /* what the part of the limit is that none of these tells */
};

static struct memory figures_of(const struct ui *ui, const struct guest *guest,
                                const struct part *part)
{
    struct memory memory = {
        .used = known(gauge(part, PART_FIELD_USED), detail_metric(ui, guest, METRIC_MEM_USED)),
        .cache = known(gauge(part, PART_FIELD_CACHE), detail_metric(ui, guest, METRIC_MEM_CACHE)),
        .free = gauge(part, PART_FIELD_FREE),
        .limit = known(gauge(part, PART_FIELD_LIMIT), detail_metric(ui, guest, METRIC_MEM_LIMIT)),
        .host = known(gauge(part, PART_FIELD_HOST), detail_metric(ui, guest, METRIC_MEM_HOST)),
    };

    if (isnan(memory.limit) && guest->facts.memory)
        memory.limit = (double)guest->facts.memory;
    double balloon = gauge(part, PART_FIELD_BALLOON);
    memory.cached = guest->facts.kind == KIND_CONTAINER ? "idle cache" : "cache";
    memory.rest = guest->facts.kind == KIND_CONTAINER ? "left"
                  : balloon < memory.limit            ? "taken back or not told"
                                                      : "not told";
    return memory;
}

static const struct segment segments[] = {
    {0, STYLE_METER, "█", '#'},
    {0, STYLE_GRAPH_2, "▒", '='},
    {0, STYLE_METER_EMPTY, "░", '.'},
};

/* The bar, and below it what its signs mean. */
static void draw_bar_and_legend(const struct memory *memory, enum style style, struct rect rect)
{
    const char *const names[] = {"used", memory->cached, "free"};
    const double values[] = {memory->used, memory->cache, memory->free};
    struct segment parts[ARRAY_SIZE(segments)];
    struct line line = line_new(rect, 1);
    double sum = 0;
    char text[UNITS_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
        parts[i] = segments[i];
        parts[i].value = values[i];
        sum += isnan(values[i]) ? 0 : values[i];
        units_bytes(text, values[i]);
        const char ascii[2] = {parts[i].ascii, '\0'};
        line_left(&line, i ? 3 : 0, parts[i].style, "%s", term_is_utf8() ? parts[i].utf8 : ascii);
        line_left(&line, 1, style, "%s %s", names[i], text);
    }
    double total = memory->limit > sum ? memory->limit : sum;
    if (!isnan(memory->limit) && memory->limit - sum > total / 200) {
        units_bytes(text, memory->limit - sum);
        line_left(&line, 3, STYLE_DIM, "blank: %s %s", memory->rest, text);
    }
    draw_segments(rect, 0, 1, rect.width - 2, parts, ARRAY_SIZE(parts), total);
}

static void add(struct items *items, const char *label, enum detail_unit unit, double value,
                const char *after)
{
    items->item[items->count++] =
        (struct item){.label = label, .after = after, .unit = unit, .value = value};
}

static void add_told(struct items *items, const char *label, enum detail_unit unit, double value,
                     const char *after)
{
    add(items, label, unit, value, after);
    items->item[items->count - 1].told = true;
}

/* Only what the guest's kind has at all, and what is wrong only when it is. */
static void add_trouble(struct items *items, const struct ui *ui, const struct guest *guest,
                        const char *label, enum metric metric)
{
    double value = detail_metric(ui, guest, metric);

    if (!(value > 0))
        return;
    add(items, label, DETAIL_COUNT, value, "");
    items->item[items->count - 1].trouble = true;
}

static void list(struct items *ret, const struct ui *ui, const struct guest *guest,
                 const struct part *part, const struct memory *memory)
{
    bool machine = guest->facts.kind == KIND_MACHINE;

    *ret = (struct items){0};
    add(ret, machine ? "maximum" : "limit", DETAIL_BYTES, memory->limit, "");
    if (machine)
        add_told(ret, "balloon leaves it", DETAIL_BYTES, gauge(part, PART_FIELD_BALLOON), "");
    add(ret, "host spends", DETAIL_BYTES, memory->host, "");
    add(ret, "overhead of running it", DETAIL_BYTES, detail_metric(ui, guest, METRIC_MEM_OVERHEAD),
        "");
    if (!machine) {
        add(ret, "file cache", DETAIL_BYTES, detail_metric(ui, guest, METRIC_MEM_CACHE), "");
        add(ret, "shared memory, tmpfs", DETAIL_BYTES, gauge(part, PART_FIELD_SHARED), "");
        add(ret, "kernel memory", DETAIL_BYTES, gauge(part, PART_FIELD_KERNEL), "");
    }
    add(ret, "in the host's swap", DETAIL_BYTES, gauge(part, PART_FIELD_SWAP), "");
    if (machine) {
        add_told(ret, "guest swaps in", DETAIL_BYTES, rate(ui, part, PART_FIELD_SWAP_IN), "/s");
        add_told(ret, "guest swaps out", DETAIL_BYTES, rate(ui, part, PART_FIELD_SWAP_OUT), "/s");
    }
    add_told(ret, "major faults", DETAIL_COUNT, rate(ui, part, PART_FIELD_MAJOR_FAULTS), "/s");
    add(ret, "waited for memory, PSI", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_PSI_MEM),
        " %");
    add_trouble(ret, ui, guest, "OOM kills", METRIC_OOM_KILLS);
    add_trouble(ret, ui, guest, "limit hits", METRIC_MEM_LIMIT_HITS);
}

static void draw_item(const struct item *item, struct rect rect, int y, int x)
{
    enum style style = item->trouble     ? STYLE_WARN
                       : item->stale     ? STYLE_STALE
                       : item->value > 0 ? STYLE_NORMAL
                                         : STYLE_DIM;
    char text[UNITS_MAX];
    int label = ITEM_CELLS - FIGURE_CELLS - 3;

    detail_text(text, item->unit, item->value);
    draw_cell(rect, y, x, STYLE_DIM, item->label, label);
    draw_right(rect, y, x + label, style, text, FIGURE_CELLS);
    if (!isnan(item->value))
        draw_text(rect, y, x + label + FIGURE_CELLS, STYLE_DIM, item->after);
}

static void draw_items(struct detail *detail, const struct items *items, struct rect *rest)
{
    struct pager *pager = &detail->pager;
    int columns = rest->width / ITEM_CELLS > 3 ? 3 : rest->width / ITEM_CELLS;

    if (columns < 1)
        columns = 1;
    int lines = (items->count + columns - 1) / columns;
    pager_fit(pager, rect_cut_rows(rest, lines < rest->height ? lines : rest->height), lines);
    for (int i = 0; i < items->count; i++) {
        long y = i % lines - pager->top; /* down, then over */
        if (y >= 0 && y < pager->rect.height)
            draw_item(&items->item[i], pager->rect, (int)y, 1 + i / lines * ITEM_CELLS);
    }
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct part *part = memory_of(ui, guest);
    struct memory memory = figures_of(ui, guest, part);
    struct line line = line_new(rect_cut_rows(&rect, 1), 0);
    struct items items;
    char text[32];

    detail_put_age(&line, ui, world_parts_of(ui->world, guest), MEMORY);
    wording_ratio(text, memory.used, memory.limit);
    line_left(&line, 0, STYLE_NORMAL, "Memory %s", text);
    detail_put(&line, "host", DETAIL_BYTES, memory.host, "");
    if (!state_is_live(guest->state)) {
        detail_draw_nothing(detail, ui, guest, rect, MEMORY, "memory is taken");
        return;
    }
    bool stale = part && detail_style(ui, part) == STYLE_STALE;
    draw_bar_and_legend(&memory, stale ? STYLE_STALE : STYLE_NORMAL, rect_cut_rows(&rect, 2));
    rect_cut_rows(&rect, rect.height > 6 ? 1 : 0);
    list(&items, ui, guest, part, &memory);
    for (int i = 0; i < items.count; i++)
        items.item[i].stale = items.item[i].told && stale;
    draw_items(detail, &items, &rect);
    detail_draw_plot(ui, guest, rect, DETAIL_PLOT_MEMORY);
}

const struct detail_tab detail_memory = {
    .title = "Memory",
    .brief = "Mem",
    .parts = MEMORY,
    .draw = draw,
};
