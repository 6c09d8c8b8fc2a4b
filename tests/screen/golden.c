/* Golden pictures: what a screen is compared with. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/driver.h"

/* Clock times and ages differ from run to run: dd:dd:dd becomes 00:00:00, "12s ago" "00s ago". */
static void mask_times(char *text)
{
    for (char *at = text; strlen(at) >= 8; at++) {
        static const char FORM[] = "dd:dd:dd";
        int i = 0;
        while (i < 8 && (FORM[i] == 'd' ? isdigit((unsigned char)at[i]) : at[i] == ':'))
            i++;
        if (i == 8)
            memcpy(at, "00:00:00", 8);
    }
    for (char *at = text; (at = strstr(at, "s ago")); at++)
        for (char *digit = at; digit > text && isdigit((unsigned char)digit[-1]); digit--)
            digit[-1] = '0';
}

/* Graphs grow while one looks: their curves are blank, and no spaces end a row. */
static void mask_curves(char *text)
{
    char *to = text;
    for (const char *at = text; *at;) {
        bool braille = (unsigned char)at[0] == 0xe2 && (unsigned char)at[1] >= 0xa0 &&
                       (unsigned char)at[1] <= 0xa3;
        if (*at == '\n')
            while (to > text && to[-1] == ' ')
                to--;
        *to++ = braille ? ' ' : *at;
        at += braille ? 3 : 1;
    }
    *to = '\0';
}

static char *masked_text(struct screen *screen)
{
    char *text = strdup(screen_text(screen));
    mask_times(text);
    if (screen_curves_are_blank(screen))
        mask_curves(text);
    return text;
}

static void golden_path(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s.txt", GOLDEN_DIR, name);
}

static char *read_golden(const char *name)
{
    char path[4096];
    golden_path(path, sizeof path, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return strdup("");
    char *text = calloc(1, 1 << 20);
    size_t len = fread(text, 1, (1 << 20) - 1, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

bool screen_golden_is_written(void)
{
    const char *mode = getenv("VCTOP_GOLDEN");
    return mode && strcmp(mode, "write") == 0;
}

static void write_golden(const char *name, const char *text)
{
    char path[4096];
    golden_path(path, sizeof path, name);
    FILE *file = fopen(path, "w");
    if (file) {
        fputs(text, file);
        fclose(file);
    }
}

static bool compare_golden(struct screen *screen, const char *name, bool aloud)
{
    char *seen = masked_text(screen), *golden = read_golden(name);
    bool same = strcmp(seen, golden) == 0;
    if (!same && aloud)
        fprintf(stderr, "--- golden/%s.txt\n%s--- as it is\n%s", name, golden, seen);
    free(golden);
    free(seen);
    return same;
}

bool screen_looks_golden(struct screen *screen, const char *name)
{
    return compare_golden(screen, name, false);
}

bool screen_is_golden(struct screen *screen, const char *name)
{
    if (screen_golden_is_written()) {
        char *seen = masked_text(screen);
        write_golden(name, seen);
        free(seen);
    }
    return compare_golden(screen, name, true);
}
