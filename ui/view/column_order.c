#include <string.h>

#include "ui/view/column.h"

static const struct {
    const char *name; /* NULL: comes and goes by itself */
    const char *help;
} infos[COLUMN_COUNT] = {
    [COLUMN_KIND] = {"kind", "V machine, C container, where both are listed"},
    [COLUMN_NAME] = {"name", "name"},
    [COLUMN_STATE] = {"state", "state, with its reason where there is room"},
    [COLUMN_CPU] = {"cpu", "CPU, in % of one host CPU"},
    [COLUMN_TREND] = {"trend", "the last CPU figures as a curve"},
    [COLUMN_MEM] = {"mem", "memory used and its limit"},
    [COLUMN_DISK] = {"disk", "disk, read and written a second"},
    [COLUMN_NET] = {"net", "network, in and out a second"},
    [COLUMN_UP] = {"up", "time since the start"},
    [COLUMN_ADDRESS] = {"addr", "IP address"},
    [COLUMN_ISOLATION] = {"isolation", "how well it is isolated: strong, fair, weak"},
};

const char *column_name(enum column column)
{
    return infos[column].name;
}

const char *column_help(enum column column)
{
    return infos[column].help;
}

bool column_is_needed(enum column column)
{
    return column == COLUMN_NAME || column == COLUMN_STATE;
}

void column_order_default(struct column_order *ret)
{
    *ret = (struct column_order){0};
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (i != COLUMN_EXTRA && i != COLUMN_ISOLATION)
            ret->at[ret->count++] = (enum column)i;
}

bool column_order_has(const struct column_order *order, enum column column)
{
    for (int i = 0; i < order->count; i++)
        if (order->at[i] == column)
            return true;
    return false;
}

static int column_from_name(const char *name)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (infos[i].name && strcmp(infos[i].name, name) == 0)
            return i;
    return -1;
}

int column_order_parse(struct column_order *ret, const struct text_list *names, struct error *err)
{
    struct column_order order = {0};

    for (size_t i = 0; i < names->count; i++) {
        int column = column_from_name(names->items[i]);

        if (column < 0)
            return error_set(err, ERR_USAGE,
                             "known: kind name state cpu trend mem disk net up addr isolation",
                             "'%.40s' is no column", names->items[i]);
        if (column_order_has(&order, (enum column)column))
            return error_set(err, ERR_USAGE, "name it once", "the column '%s' is there twice",
                             infos[column].name);
        order.at[order.count++] = (enum column)column;
    }
    if (!column_order_has(&order, COLUMN_NAME) || !column_order_has(&order, COLUMN_STATE))
        return error_set(err, ERR_USAGE, "add it", "the columns need '%s'",
                         column_order_has(&order, COLUMN_NAME) ? "state" : "name");
    if (ret)
        *ret = order;
    return 0;
}
