/* A container's shell on the screen: what it writes for a terminal stays in the pane. */
#include <check.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "fault/hostile.h"
#include "fault/lxc_view.h"
#include "screen/steps.h"

#define LEAVES "every key goes to the guest"
#define IS_BACK "keyboard to it"

static void put_hostile_file(void)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/rootfs/hostile", lxc_guests_shared());
    CLEANUP_FCLOSE FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(hostile_bytes, file), 0);
}

START_TEST(hostile_bytes_stay_in_the_pane)
{
    static const char *const keys[] = {"az", "cz"};

    put_hostile_file();
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct screen *screen = lxc_watch();
        ck_assert(steps_choose(screen, LXC_LIVE));
        screen_send(screen, keys[i]);
        ck_assert(screen_wait(screen, LEAVES, PATIENCE_MS));
        screen_send(screen, "\r");
        ck_assert(screen_wait(screen, " #", PATIENCE_MS));
        screen_send(screen, "cat /hostile\r");
        hostile_check(screen);
        /* What was answered, its shell takes for typed. */
        screen_send(screen, "\003clear; echo fi''ne\r");
        ck_assert(screen_wait(screen, "\nfine", PATIENCE_MS));
        screen_send(screen, "\035");
        ck_assert(screen_wait(screen, IS_BACK, PATIENCE_MS));
        screen_send(screen, "zq");
        ck_assert(screen_wait(screen, "Close the", PATIENCE_MS));
        screen_pump(screen, 500);
        screen_send(screen, "\t\r");
        ck_assert(screen_wait_gone(screen, IS_BACK, PATIENCE_MS));
        ck_assert(steps_row_says(screen, LXC_LIVE, " run ", PATIENCE_MS));
        lxc_quit(screen);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hostile_bytes_stay_in_the_pane};

    return lxc_guests_main("lxc_terminal", tests, ARRAY_SIZE(tests));
}
