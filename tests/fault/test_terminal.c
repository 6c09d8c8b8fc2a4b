/* Row 53 of the fault list: names that no terminal should see raw, in the list, in dialogs, in the
 * filter and in what batch mode writes. */
#include <check.h>
#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define GUESTS 60
#define SIM "guests=60,machines=20,hostile," RESTING
#define SMALL_SIM "guests=24,machines=8,hostile," RESTING
#define SMALL_GUESTS 24
#define HEAD 2 /* the row of the columns' titles at 80x24 */
#define BOX_LEFT 0x250c
#define BOX_RIGHT 0x2510
#define BOX_SIDE 0x2502
#define BOX_END 0x2518

/* ---- on the screen ---- */

static bool is_blank(uint32_t code)
{
    return code == 0 || code == ' ';
}

static bool ends_figure(uint32_t code)
{
    return code < 128 && (isdigit((int)code) || strchr("-KMGT", (int)code));
}

/* Each row's state and figures stand under their titles, whatever the name before them is. */
static void check_row(struct screen *screen, int row, int state, int cpu, int net)
{
    const char *text = screen_row(screen, row);

    ck_assert_msg(is_blank(screen_cell(screen, row, state - 1)), "%d: %s", row, text);
    ck_assert_msg(isalpha((int)screen_cell(screen, row, state)), "%d: %s", row, text);
    /* Where something is wrong, the cause may take the figures' place. */
    if (screen_cell(screen, row, state) != 'r' || screen_cell(screen, row, state + 1) != 'u')
        return;
    ck_assert_msg(ends_figure(screen_cell(screen, row, cpu)), "%d: %s", row, text);
    ck_assert_msg(is_blank(screen_cell(screen, row, cpu + 1)), "%d: %s", row, text);
    ck_assert_msg(ends_figure(screen_cell(screen, row, net)), "%d: %s", row, text);
    ck_assert_msg(is_blank(screen_cell(screen, row, net + 1)), "%d: %s", row, text);
}

/* The last cell of the title NET or NET I/O. */
static int end_of_net(struct screen *screen)
{
    int at = screen_column(screen, HEAD, 0, 'N');

    while (at >= 0 && screen_cell(screen, HEAD, at + 2) != 'T')
        at = screen_column(screen, HEAD, at + 1, 'N');
    ck_assert_int_ge(at, 0);
    return screen_cell(screen, HEAD, at + 4) == 'I' ? at + 6 : at + 2;
}

static int check_rows(struct screen *screen)
{
    int state = screen_column(screen, HEAD, 0, 'S');
    int cpu = screen_column(screen, HEAD, 0, 0x25bc), net = end_of_net(screen), row;

    ck_assert_int_gt(state, 10);
    ck_assert_int_gt(cpu, state);
    for (row = HEAD + 1; row < 22 && !is_blank(screen_cell(screen, row, 3)); row++)
        check_row(screen, row, state, cpu, net);
    return row - HEAD - 1;
}

START_TEST(row_53_list_is_aligned)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);
    int seen = 0;

    screen_send(screen, "z");
    screen_pump(screen, 300);
    for (int page = 0; page < 4; page++) {
        seen += check_rows(screen);
        screen_send(screen, "\033[6~\033[6~");
        screen_pump(screen, 300);
    }
    ck_assert_int_ge(seen, GUESTS);
    /* The same beside the detail pane, and in two tables with one. */
    screen_resize(screen, 40, 120);
    screen_send(screen, "zg");
    ck_assert(screen_wait(screen, "Machines (20)", PATIENCE_MS));
    for (int i = 0; i < 20; i++) {
        screen_send(screen, "j");
        screen_pump(screen, 30);
    }
    screen_send(screen, "\t");
    for (int i = 0; i < 40; i++) {
        screen_send(screen, "j");
        screen_pump(screen, 30);
    }
    steps_quit(screen);
}
END_TEST

/* Names that are wide, joined, of many marks, right to left or without an end: each is cut by its
 * columns, at several widths, with its tail where one belongs. */
START_TEST(row_54_names_by_columns)
{
    static const char *const filters[] = {"\346\274\242",     "emoji",    "zwj", "long-",
                                          "\333\201\330\247", "e\314\201"};
    static const int widths[] = {60, 71, 80, 109};
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        char keys[64];

        snprintf(keys, sizeof(keys), "/\025%s\r", filters[i]);
        screen_send(screen, keys);
        ck_assert(screen_wait(screen, "1 of 60 shown", PATIENCE_MS));
        for (size_t j = 0; j < ARRAY_SIZE(widths); j++) {
            screen_resize(screen, 24, widths[j]);
            screen_pump(screen, 300);
            ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
            ck_assert_int_eq(check_rows(screen), 1);
        }
        screen_resize(screen, 24, 80);
        screen_pump(screen, 300);
    }
    ck_assert(screen_wait(screen, "1 of 60 shown", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* The frame of the dialog on the screen is whole. */
static void check_box(struct screen *screen)
{
    int top = screen_find(screen, "┌");
    ck_assert_int_ge(top, 0);
    int left = screen_column(screen, top, 0, BOX_LEFT);
    int right = screen_column(screen, top, left, BOX_RIGHT), row = top + 1;

    ck_assert_msg(right > left, "%s", screen_text(screen));
    for (; screen_cell(screen, row, left) == BOX_SIDE; row++)
        ck_assert_msg(screen_cell(screen, row, right) == BOX_SIDE, "row %d:\n%s", row,
                      screen_text(screen));
    ck_assert_msg(screen_cell(screen, row, right) == BOX_END, "row %d:\n%s", row,
                  screen_text(screen));
}

START_TEST(row_53_dialogs_stay_whole)
{
    struct screen *screen = steps_start(24, 80, SMALL_SIM, NULL);

    for (int i = 0; i < SMALL_GUESTS; i++) {
        screen_send(screen, "m");
        ck_assert(screen_wait(screen, "Enter or a letter", PATIENCE_MS));
        check_box(screen);
        screen_send(screen, "f");
        screen_pump(screen, 60);
        check_box(screen);
        screen_send(screen, "\033");
        ck_assert(screen_wait_gone(screen, "┌", PATIENCE_MS));
        screen_send(screen, "j");
    }
    steps_quit(screen);
}
END_TEST

START_TEST(row_53_filter_takes_text_only)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_send(screen, "/\033[200~\033]0;pwned\007\302\2332J\033[31m\377\376\033[201~");
    screen_pump(screen, 500);
    screen_send(screen, "\r");
    screen_pump(screen, 500);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    screen_send(screen, "/\025\346\274\242");
    ck_assert(screen_wait(screen, "1 of 60 shown", PATIENCE_MS));
    screen_send(screen, "\r");
    ck_assert_int_eq(check_rows(screen), 1);
    screen_send(screen, "/\025bidi\r");
    ck_assert(screen_wait(screen, "filter 'bidi': 1 of 60 shown", PATIENCE_MS));
    ck_assert_int_eq(check_rows(screen), 1);
    steps_quit(screen);
}
END_TEST

/* A hostile guest acts like any other, and its name comes by in job lines and events. */
START_TEST(row_53_job_lines)
{
    struct screen *screen = steps_start(40, 120, SMALL_SIM, NULL);

    screen_send(screen, "\033[15~/red\r");
    ck_assert(screen_wait(screen, "1 of 24 shown", PATIENCE_MS));
    screen_send(screen, "m");
    ck_assert(screen_wait(screen, "Enter or a letter", PATIENCE_MS));
    screen_send(screen, "d");
    ck_assert(screen_wait(screen, "Shut down: ", PATIENCE_MS));
    check_box(screen);
    screen_pump(screen, 500);
    screen_send(screen, "\t\r");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    ck_assert(screen_wait(screen, "shut down done", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* ---- in batch mode ---- */

/* What the program writes to descriptor FD with ARGS; the caller frees. */
static char *output_of(const char *const *args, int fd, int *status)
{
    const char *argv[16] = {screen_program()};
    size_t len = 0, room = 1 << 20;
    char *text = malloc(room);
    int out[2];
    ssize_t got;

    for (int i = 0; args[i] && i < 14; i++)
        argv[i + 1] = args[i];
    ck_assert_int_eq(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
            dup2(null, i);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("TZ", "UTC", 1);
        dup2(out[1], fd);
        close(out[0]);
        close(out[1]);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(out[1]);
    while (len + 1 < room && (got = read(out[0], text + len, room - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    close(out[0]);
    waitpid(pid, status, 0);
    return text;
}

/* Nothing but text: no control byte but the newline, no C1, no mark that turns or hides text. */
static void check_clean(const char *text)
{
    static const char *const hidden[] = {"\342\200\213", "\342\200\215", "\342\200\216",
                                         "\342\200\217", "\342\200\250", "\342\200\251",
                                         "\342\200\256", "\357\273\277"};

    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        ck_assert_msg(*at >= ' ' || *at == '\n', "byte %02x before: %.60s", *at, at);
        ck_assert_msg(*at != 0x7f, "DEL before: %.60s", at);
        ck_assert_msg(*at != 0xc2 || at[1] >= 0xa0, "C1 before: %.60s", at);
    }
    for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
        ck_assert_msg(!strstr(text, hidden[i]), "mark %zu is in the output", i);
}

static char *batch(const char *format)
{
    const char *const args[] = {"-b", "-n", "1", "-d", "0.2", "-o", format, "--sim=" SIM, NULL};
    int status;
    char *text = output_of(args, STDOUT_FILENO, &status);

    ck_assert_int_eq(status, 0);
    check_clean(text);
    return text;
}

static int lines(const char *text)
{
    int count = 0;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

START_TEST(row_53_batch_text)
{
    CLEANUP_FREE char *text = batch("text");

    ck_assert_int_ge(lines(text), GUESTS);
    ck_assert_int_le(lines(text), GUESTS + 8); /* the host and the titles */
}
END_TEST

/* The number of fields of the line at *TEXT, which moves on. */
static int csv_fields(const char **text)
{
    int fields = 1;
    bool quoted = false;

    for (; **text && (quoted || **text != '\n'); ++*text) {
        quoted ^= **text == '"';
        fields += !quoted && **text == ',';
    }
    if (**text)
        ++*text;
    return fields;
}

START_TEST(row_53_batch_csv)
{
    CLEANUP_FREE char *text = batch("csv");
    const char *at = text;
    int fields = csv_fields(&at);

    ck_assert_int_gt(fields, 20);
    ck_assert_int_eq(lines(text), GUESTS + 1);
    while (*at)
        ck_assert_int_eq(csv_fields(&at), fields);
}
END_TEST

START_TEST(row_53_batch_json)
{
    CLEANUP_FREE char *text = batch("json");
    json_error_t trouble;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &trouble), *guest, *ids = json_object();
    size_t i;

    ck_assert_int_eq(lines(text), 1);
    ck_assert_msg(root != NULL, "%s", trouble.text);
    json_array_foreach(json_object_get(root, "guests"), i, guest)
    {
        const char *id = json_string_value(json_object_get(guest, "id"));
        ck_assert_ptr_nonnull(id);
        json_object_set_new(ids, id, json_true());
    }
    /* Two names may look alike; ids never do. */
    ck_assert_uint_eq(json_object_size(ids), GUESTS);
    json_decref(ids);
    json_decref(root);
}
END_TEST

START_TEST(row_53_messages)
{
    static const char *const wrong[][8] = {
        {"--sim=\033]0;pwned\007", NULL},
        {"-b", "-s", "\033[31m\302\2332J", NULL},
        {"--backend", "\033c\r\n", NULL},
        {"-o", "\033[2J", NULL},
        {"--\033[2Jx", NULL},
        {"-d", "\0331\x9b", NULL},
        {"-b", "-n", "1", "--backend", "libvirt", "-c", "test:///\033[2Jnone", NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        int status;
        CLEANUP_FREE char *text = output_of(wrong[i], STDERR_FILENO, &status);

        ck_assert(WIFEXITED(status));
        ck_assert_int_ne(WEXITSTATUS(status), 0);
        ck_assert_int_ne(WEXITSTATUS(status), 127);
        ck_assert_uint_gt(strlen(text), 10);
        check_clean(text);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_54_names_by_columns,   row_53_list_is_aligned,
        row_53_dialogs_stay_whole, row_53_filter_takes_text_only,
        row_53_job_lines,          row_53_batch_text,
        row_53_batch_csv,          row_53_batch_json,
        row_53_messages,
    };

    return steps_main("hostile names", tests, ARRAY_SIZE(tests));
}
