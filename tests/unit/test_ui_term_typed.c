/* What is typed into a guest: which bytes are its own, which are ours, and the way back. */
#include "ui/term/typed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static struct typed typed;
static char got[8192];
static int64_t now;

static void add(const char *bytes, size_t len)
{
    size_t used = strlen(got);

    memcpy(got + used, bytes, len);
    got[used + len] = '\0';
}

static void on_bytes(void *user, const char *bytes, size_t len)
{
    (void)user;
    add(bytes, len);
}

static void on_key(void *user, enum key_special key)
{
    char text[16];

    (void)user;
    snprintf(text, sizeof(text), "<%d>", (int)key);
    add(text, strlen(text));
}

static void on_paste(void *user, bool end)
{
    (void)user;
    add(end ? "}" : "{", 1);
}

static void on_answer(void *user)
{
    (void)user;
    add("<answer>", 8);
}

static const struct typed_ops ops = {on_bytes, on_key, on_paste, on_answer};

static void begin(void)
{
    typed_init(&typed, '\035', 100);
    got[0] = '\0';
    now = 100 * NS_PER_S;
}

static bool type(const char *bytes)
{
    return typed_feed(&typed, bytes, strlen(bytes), now, &ops, NULL);
}

static void wait_ms(int ms)
{
    now += ms * NS_PER_MS;
    typed_turn(&typed, now, &ops, NULL);
}

/* BYTES in pieces of every length become WANTED. */
static void becomes(const char *bytes, const char *wanted)
{
    for (size_t piece = 1; piece <= strlen(bytes); piece++) {
        begin();
        for (size_t at = 0; at < strlen(bytes); at += piece) {
            size_t left = strlen(bytes) - at;
            ck_assert(
                !typed_feed(&typed, bytes + at, left < piece ? left : piece, now, &ops, NULL));
        }
        wait_ms(2000);
        ck_assert_str_eq(got, wanted);
    }
}

START_TEST(bytes_go_as_they_are)
{
    becomes("ls -l\r", "ls -l\r");
    becomes("\003\032\004\177\b\t", "\003\032\004\177\b\t");
    becomes("größe 日本", "größe 日本");
    becomes("\033x\033\006\033é", "\033x\033\006\033é"); /* Alt */
    becomes("\033[15~\033[24~\033[3~\033[5~", "\033[15~\033[24~\033[3~\033[5~");
    becomes("\033[1;5A\033[1;2P", "\033[1;5A\033[1;2P");
    becomes("\033\033", "\033\033");
}
END_TEST

START_TEST(keys_that_depend_on_a_mode)
{
    becomes("\033OA\033[A", "<1><1>");
    becomes("\033OH\033[1~\033[7~\033[F", "<5><5><5><6>");
    becomes("\033OP\033[[B\033[13~", "<100><101><102>");
}
END_TEST

START_TEST(what_is_ours)
{
    becomes("a\033[0nb", "a<answer>b");
    becomes("a\033[<0;10;7Mb\033[<64;1;1mc", "abc");
    becomes("a\033[M !!b", "ab");
}
END_TEST

START_TEST(escape_alone_is_a_key)
{
    begin();
    ck_assert(!type("\033"));
    ck_assert_str_eq(got, "");
    ck_assert_int_eq(typed_due(&typed), now + 100 * NS_PER_MS);
    wait_ms(50);
    ck_assert_str_eq(got, "");
    wait_ms(60);
    ck_assert_str_eq(got, "\033");
    ck_assert_int_eq(typed_due(&typed), INT64_MAX);
    /* One that a slow link has torn is still whole. */
    got[0] = '\0';
    ck_assert(!type("\033[20"));
    wait_ms(700);
    ck_assert(!type("0~x"));
    ck_assert_str_eq(got, "{x");
}
END_TEST

START_TEST(detach_is_found_anywhere)
{
    begin();
    ck_assert(type("\035"));
    ck_assert(type("ls\035rm -rf /\r"));
    ck_assert_str_eq(got, "ls");
    ck_assert(type("\033\035"));
    ck_assert(type("\033[1;\035"));
    ck_assert(type("\033[M \035"));
    /* Nothing of what was torn off comes later. */
    wait_ms(5000);
    ck_assert_str_eq(got, "ls");
}
END_TEST

START_TEST(in_a_paste_it_is_text)
{
    becomes("\033[200~a\035b\033[201~c", "{a\035b}c");
    becomes("\033[200~a\033[A\033[0n\033[201~", "{a\033[A\033[0n}");
    begin();
    ck_assert(!type("\033[200~long"));
    ck_assert(type("er\033[201~\035more"));
    ck_assert_str_eq(got, "{longer}");
    /* Without its end, one who waits and presses it alone comes out. */
    begin();
    ck_assert(!type("\033[200~text"));
    wait_ms(100);
    ck_assert(!type("\035"));
    wait_ms(1100);
    ck_assert(type("\035"));
    ck_assert(!typed.pasting);
}
END_TEST

START_TEST(other_detach_keys)
{
    begin();
    typed_init(&typed, '\001', 100);
    ck_assert(!type("\035x"));
    ck_assert(type("\001"));
    typed_init(&typed, '\0', 100);
    ck_assert(typed_feed(&typed, "a\0b", 3, now, &ops, NULL));
    ck_assert_str_eq(got, "\035xa");
}
END_TEST

/* Whatever comes, it is bounded, and the way back works. */
START_TEST(noise)
{
    unsigned seed = 1;

    begin();
    for (int i = 0; i < 20000; i++) {
        char bytes[8];
        for (size_t j = 0; j < sizeof(bytes); j++)
            bytes[j] = "\033[<MO0;~2a\xff\001"[rand_r(&seed) % 13];
        typed_feed(&typed, bytes, sizeof(bytes), now, &ops, NULL);
        ck_assert_uint_lt(typed.len, sizeof(typed.pending));
        got[0] = '\0';
    }
    typed.pasting = false;
    ck_assert(type("\035"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("typed");
    TCase *tcase = tcase_create("typed");

    tcase_add_test(tcase, bytes_go_as_they_are);
    tcase_add_test(tcase, keys_that_depend_on_a_mode);
    tcase_add_test(tcase, what_is_ours);
    tcase_add_test(tcase, escape_alone_is_a_key);
    tcase_add_test(tcase, detach_is_found_anywhere);
    tcase_add_test(tcase, in_a_paste_it_is_text);
    tcase_add_test(tcase, other_detach_keys);
    tcase_add_test(tcase, noise);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
