#include "ui/view/meter.h"

#include <string.h>

static const struct {
    const char *name, *help;
} infos[METER_COUNT] = {
    [METER_CPU] = {"cpu", "CPU of the host, and the guests' share"},
    [METER_MEMORY] = {"memory", "memory and swap of the host"},
    [METER_PRESSURE] = {"pressure", "what waits for CPU, memory, disk (PSI)"},
    [METER_TREND] = {"trend", "the host's CPU as a curve"},
    [METER_DISK] = {"disk", "what the host's disks read and write"},
    [METER_NET] = {"net", "what the host's network takes and sends"},
    [METER_LOAD] = {"load", "load averages"},
};

const char *meter_name(enum meter meter)
{
    return infos[meter].name;
}

const char *meter_help(enum meter meter)
{
    return infos[meter].help;
}

int meters_parse(unsigned *ret_off, const struct text_list *names, struct error *err)
{
    unsigned off = METER_BIT(METER_COUNT) - 1;

    for (size_t i = 0; i < names->count; i++) {
        int meter = 0;

        while (meter < METER_COUNT && strcmp(infos[meter].name, names->items[i]) != 0)
            meter++;
        if (meter == METER_COUNT)
            return error_set(err, ERR_USAGE, "known: cpu memory pressure trend disk net load",
                             "'%.40s' is no meter", names->items[i]);
        off &= ~METER_BIT(meter);
    }
    if (ret_off)
        *ret_off = off;
    return 0;
}
