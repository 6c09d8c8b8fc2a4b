#include "ui/view/meter_line.h"

#include <math.h>
#include <stdio.h>

#include "ui/view/frozen.h"
#include "ui/view/meter.h"
#include "ui/view/wording.h"

#define TREND 30
#define PSI_CELLS 12 /* "  PSI i 12.4" */

static void put_bar(struct line *line, int cells, double fraction)
{
    int x = cells ? line_reserve(line, 1, cells) : -1;

    if (x >= 0)
        draw_bar(line->rect, line->y, x, cells, fraction, true);
}

static bool is_on(const struct ui *ui, enum meter meter)
{
    return !(ui->meters_off & METER_BIT(meter));
}

void meter_put_cpu(struct line *line, const struct ui *ui, int bar)
{
    const struct host_figures *figures = &world_host_get(ui->world)->figures;
    double all = figures->cpus * 100.0;
    bool known = !isnan(figures->cpu) && all > 0;
    char text[32] = "   -";

    if (!is_on(ui, METER_CPU))
        return;
    if (known)
        snprintf(text, sizeof(text), "%4.0f/%.0f", figures->cpu, all);
    if (!bar) {
        line_left(line, 2, STYLE_NORMAL, "CPU%s", text);
        return;
    }
    line_left(line, 2, STYLE_NORMAL, "CPU");
    put_bar(line, bar, known ? figures->cpu / all : NAN);
    line_left(line, 1, STYLE_NORMAL, "%s", text);
}

void meter_put_share(struct line *line, const struct ui *ui, const struct world_totals *totals)
{
    const struct host_figures *figures = &world_host_get(ui->world)->figures;

    if (!totals->cpu_known || !is_on(ui, METER_CPU))
        return;
    double guests = totals->cpu_percent, other = figures->cpu - guests;
    bool old = totals->cpu_since_ns &&
               figures_are_old(totals->cpu_since_ns, ui->now_ns, world_period(ui->world));
    enum style style = old ? STYLE_STALE : STYLE_DIM;
    const char *mark = old ? "?" : ""; /* one grey beside another would not be seen */

    if (isnan(other))
        line_left(line, 1, style, "guests %4.0f%s", guests, mark);
    else
        line_left(line, 1, style, "guests %4.0f%s host %3.0f%s", guests, mark,
                  other > 0 ? other : 0, mark);
}

void meter_put_memory(struct line *line, const struct ui *ui, int bar)
{
    const struct host_sample *cur = &world_host_get(ui->world)->cur;
    bool known = cur->has_memory && cur->mem_total > 0;
    double used = known ? (double)(cur->mem_total - cur->mem_available) : NAN;
    char text[32];

    if (!is_on(ui, METER_MEMORY))
        return;
    wording_ratio(text, used, known ? (double)cur->mem_total : NAN);
    if (bar) {
        line_left(line, 2, STYLE_NORMAL, "MEM");
        put_bar(line, bar, known ? used / (double)cur->mem_total : NAN);
        line_left(line, 1, STYLE_NORMAL, "%s", text);
    } else {
        line_left(line, 2, STYLE_NORMAL, "MEM %s", text);
    }
    if (known && cur->swap_used >= 1 << 20) {
        wording_ratio(text, (double)cur->swap_used, (double)cur->swap_total);
        line_left(line, 2, STYLE_WARN, "swap %s", text);
    }
}

static enum style pressure_style(double percent)
{
    return percent >= 25 ? STYLE_BAD : percent >= 10 ? STYLE_WARN : STYLE_DIM;
}

void meter_put_pressure(struct line *line, const struct ui *ui)
{
    const struct host_sample *cur = &world_host_get(ui->world)->cur;
    const double values[3] = {cur->psi_cpu, cur->psi_mem, cur->psi_io};
    static const char names[3] = {'c', 'm', 'i'};
    bool any = false;

    if (!cur->has_psi || !is_on(ui, METER_PRESSURE))
        return;
    for (int i = 0; i < 3; i++) {
        if (!(values[i] >= 0.5))
            continue;
        if (!any && line->left + PSI_CELLS > line->right)
            return; /* no word without its figure */
        if (!any)
            line_left(line, 2, STYLE_DIM, "PSI");
        any = true;
        line_left(line, 1, pressure_style(values[i]), "%c %.1f", names[i], values[i]);
    }
}

static void rate_text(char dst[UNITS_MAX], double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        units_bytes(dst, value);
}

void meter_put_flows(struct line *line, const struct ui *ui)
{
    const struct host *host = world_host_get(ui->world);
    char in[UNITS_MAX], out[UNITS_MAX];

    rate_text(in, host->figures.disk_read_bps);
    rate_text(out, host->figures.disk_write_bps);
    if (is_on(ui, METER_DISK))
        line_left(line, 2, STYLE_NORMAL, "disk r %5s/s w %5s/s", in, out);
    rate_text(in, host->figures.net_rx_bps);
    rate_text(out, host->figures.net_tx_bps);
    if (is_on(ui, METER_NET))
        line_left(line, 3, STYLE_NORMAL, "net in %5s/s out %5s/s", in, out);
    if (host->cur.has_load && is_on(ui, METER_LOAD))
        line_left(line, 3, STYLE_DIM, "load %.2f %.2f %.2f", host->cur.load[0], host->cur.load[1],
                  host->cur.load[2]);
}

void meter_put_trend(struct line *line, const struct ui *ui)
{
    float values[TREND];
    if (!is_on(ui, METER_TREND))
        return;
    int x = line_reserve(line, 0, TREND);
    int count = frozen_host_cpu(ui, values, TREND);

    if (x >= 0 && count > 0)
        draw_sparkline(line->rect, line->y, x, TREND, STYLE_GRAPH, values, count,
                       world_host_get(ui->world)->figures.cpus * 100.0);
}
