/* How long a key takes until its effect is painted: the cursor in another row, as a terminal has it
 * (libvterm), not just the first byte that comes.
 *
 *     latency [-s ROWSxCOLUMNS] [-l BYTES A SECOND] [-n KEYS] [-w WARM] [-z PID]... -- PROGRAM
 * ARG...
 *
 * -l: the terminal reads no faster; -z: those processes are stopped as long as keys are typed.
 * One line of name=value, in milliseconds. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "screen/driver.h"

#define PIDS_MAX 8
#define PATIENCE_MS 10000
#define GAP_MS \
    70 /* between keys; by a few more with each, so that they meet a tick at any moment */

struct settings {
    int rows, columns, link, keys, warm_ms;
    pid_t stopped[PIDS_MAX];
    int stopped_count;
};

static double now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int cursor_row(struct screen *screen)
{
    int row = 0;
    for (const char *at = screen_text(screen); *at; row++) {
        if (*at == '>')
            return row;
        at = strchr(at, '\n') + 1;
    }
    return -1;
}

/* Negative: the cursor did not move. */
static double press(struct screen *screen, const char *key)
{
    int before = cursor_row(screen);
    double start = now_ms();
    screen_send(screen, key);
    while (now_ms() - start < PATIENCE_MS) {
        screen_pump(screen, 1);
        int now = cursor_row(screen);
        if (now != before && now >= 0)
            return now_ms() - start;
    }
    return -1;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void signal_all(const struct settings *settings, int number)
{
    for (int i = 0; i < settings->stopped_count; i++)
        kill(settings->stopped[i], number);
}

static int run(const struct settings *settings, struct screen *screen)
{
    double *took = calloc((size_t)settings->keys, sizeof *took);
    int count = 0;
    if (!took)
        return 2;
    screen_pump(screen, settings->warm_ms);
    screen_link(screen, settings->link);
    signal_all(settings, SIGSTOP);
    screen_pump(screen, 500);
    while (count < settings->keys && (took[count] = press(screen, count % 2 ? "k" : "j")) >= 0) {
        count++;
        screen_pump(screen, GAP_MS + count * 7 % 50);
    }
    signal_all(settings, SIGCONT);
    if (count < settings->keys || count == 0) {
        fprintf(stderr, "latency: key %d had no effect\n%s", count, screen_text(screen));
        free(took);
        return 1;
    }
    qsort(took, (size_t)count, sizeof *took, by_size);
    printf("keys=%d median_ms=%.2f p99_ms=%.2f worst_ms=%.2f\n", count, took[count / 2],
           took[(count * 99 + 99) / 100 - 1], took[count - 1]);
    free(took);
    return 0;
}

int main(int argc, char **argv)
{
    struct settings settings = {
        .rows = 40, .columns = 120, .link = SCREEN_FAST, .keys = 300, .warm_ms = 3000};
    for (int c; (c = getopt(argc, argv, "+s:l:n:w:z:")) != -1;) {
        if (c == 's' && sscanf(optarg, "%dx%d", &settings.rows, &settings.columns) == 2)
            continue;
        if (c == 'l')
            settings.link = atoi(optarg);
        else if (c == 'n')
            settings.keys = atoi(optarg);
        else if (c == 'w')
            settings.warm_ms = (int)(atof(optarg) * 1000);
        else if (c == 'z' && settings.stopped_count < PIDS_MAX && atoi(optarg) > 1)
            settings.stopped[settings.stopped_count++] = atoi(optarg);
        else
            return 2;
    }
    if (optind >= argc)
        return 2;
    struct screen *screen = screen_start_program(settings.rows, settings.columns,
                                                 (const char *const *)(argv + optind), NULL);
    int status = run(&settings, screen);
    screen_free(screen);
    return status;
}
