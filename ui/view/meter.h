/* What the header shows of the host, each of which can be turned off.  Problems and sources cannot.
 */
#ifndef VCTOP_UI_VIEW_METER_H
#define VCTOP_UI_VIEW_METER_H

#include "base/error.h"
#include "config/options.h"

enum meter {
    METER_CPU, /* with the guests' share */
    METER_MEMORY,
    METER_PRESSURE,
    METER_TREND,
    METER_DISK,
    METER_NET,
    METER_LOAD,
    METER_COUNT
};

#define METER_BIT(meter) (1u << (meter))

const char *meter_name(enum meter meter); /* as in the configuration file */
const char *meter_help(enum meter meter);

/* The meters that NAMES leave out, as bits.  RET may be NULL. */
int meters_parse(unsigned *ret_off, const struct text_list *names, struct error *err);

#endif
