#include "ui/view/find.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/widget/dialog.h"

/* What one may want on top.  Fewer than there are metrics: a menu has to fit a small screen. */
static const int sort_keys[] = {
    METRIC_CPU,    METRIC_CPU_WAIT,  METRIC_MEM_USED,   METRIC_MEM_PERCENT, METRIC_MEM_HOST,
    SORT_DISK,     METRIC_DISK_READ, METRIC_DISK_WRITE, SORT_NET,           METRIC_NET_RX,
    METRIC_NET_TX, METRIC_PIDS,      METRIC_UPTIME,     SORT_NAME,          SORT_KIND,
    SORT_STATE,    SORT_ADDRESS,
};

static const char *describe(int key)
{
    switch (key) {
    case SORT_NAME:
        return "name";
    case SORT_KIND:
        return "machine or container";
    case SORT_STATE:
        return "state";
    case SORT_ADDRESS:
        return "address";
    case SORT_DISK:
        return "disk, read and written";
    case SORT_NET:
        return "network, in and out";
    default:
        return metric_info((enum metric)key)->help;
    }
}

static unsigned sort_key(struct ui *ui, void *data, struct key key)
{
    struct menu *menu = data;

    switch (menu_key(menu, key)) {
    case DIALOG_ACCEPTED:
        ui->order.key = sort_keys[menu->cursor];
        ui->order.inverted = false;
        ui_modal_close(ui);
        return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
    case DIALOG_CANCELLED:
        ui_modal_close(ui);
        break;
    default:
        break;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static void sort_draw(const struct ui *ui, const void *data, struct rect screen, struct rect status)
{
    (void)ui;
    (void)status;
    menu_draw(data, screen);
}

static const struct modal sort_modal = {
    .hint = "Enter sorts, Esc cancels",
    .key = sort_key,
    .draw = sort_draw,
    .close = free,
};

void find_open_sort_menu(struct ui *ui)
{
    struct menu *menu = xcalloc(1, sizeof(*menu));

    snprintf(menu->title, sizeof(menu->title), "Sort by");
    for (size_t i = 0; i < ARRAY_SIZE(sort_keys); i++) {
        snprintf(menu->items[i].label, sizeof(menu->items[i].label), "%s", describe(sort_keys[i]));
        if (sort_keys[i] == ui->order.key)
            menu->cursor = (int)i;
    }
    menu->count = (int)ARRAY_SIZE(sort_keys);
    ui_modal_open(ui, &sort_modal, menu);
}
