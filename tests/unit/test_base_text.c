#include "base/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void expect(const char *raw, size_t cells, const char *clean)
{
    CLEANUP_FREE char *text = text_sanitise(raw, strlen(raw), cells);
    ck_assert_str_eq(text, clean);
    /* What is clean stays as it is. */
    CLEANUP_FREE char *again = text_sanitise(text, strlen(text), cells);
    ck_assert_str_eq(again, clean);
}

START_TEST(decode_takes_strict_utf8)
{
    static const struct {
        const char *bytes;
        uint32_t cp;
        size_t used;
    } cases[] = {
        {"a", 'a', 1},
        {"\xc3\xa9", 0xe9, 2},
        {"\xe2\x82\xac", 0x20ac, 3},
        {"\xf0\x9f\x90\xa7", 0x1f427, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\xc0\xaf", 0xfffd, 1},         /* overlong */
        {"\xe0\x80\xaf", 0xfffd, 1},     /* overlong */
        {"\xf0\x80\x80\xaf", 0xfffd, 1}, /* overlong */
        {"\xed\xa0\x80", 0xfffd, 1},     /* surrogate */
        {"\xf4\x90\x80\x80", 0xfffd, 1}, /* too high */
        {"\xf8\x88\x80\x80", 0xfffd, 1},
        {"\x80", 0xfffd, 1},
        {"\xe2\x82", 0xfffd, 1}, /* torn */
        {"\xe2\x41\x41", 0xfffd, 1},
        {"\xff", 0xfffd, 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint32_t cp = 0;
        ck_assert_uint_eq(text_decode(cases[i].bytes, strlen(cases[i].bytes), &cp), cases[i].used);
        ck_assert_uint_eq(cp, cases[i].cp);
    }
    uint32_t cp = 7;
    ck_assert_uint_eq(text_decode("", 0, &cp), 0);
}
END_TEST

START_TEST(encode_and_decode_agree)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        char bytes[4];
        uint32_t back = 0;
        size_t len = text_encode(cp, bytes);
        ck_assert_uint_eq(text_decode(bytes, len, &back), len);
        ck_assert_uint_eq(back, cp);
    }
}
END_TEST

START_TEST(widths_do_not_depend_on_the_locale)
{
    ck_assert_int_eq(text_cp_width('a'), 1);
    ck_assert_int_eq(text_cp_width(0xe9), 1);
    ck_assert_int_eq(text_cp_width(0x2502), 1);  /* box drawing */
    ck_assert_int_eq(text_cp_width(0x28ff), 1);  /* braille */
    ck_assert_int_eq(text_cp_width(0x4e2d), 2);  /* CJK */
    ck_assert_int_eq(text_cp_width(0xac00), 2);  /* Hangul */
    ck_assert_int_eq(text_cp_width(0xff21), 2);  /* full width */
    ck_assert_int_eq(text_cp_width(0x1f427), 2); /* emoji */
    ck_assert_int_eq(text_cp_width(0x301), 0);
    ck_assert_int_eq(text_cp_width(0xfffd), 1);
    static const uint32_t banned[] = {
        0,      0x07,    0x1b,    0x7f,    0x80,   0x9b,     0xad,     0x34f,
        0x61c,  0x115f,  0x200b,  0x200d,  0x200e, 0x2028,   0x2029,   0x202e,
        0x2060, 0x2066,  0x3164,  0xe000,  0xfe0f, 0xfeff,   0xfff9,   0xffff,
        0xd800, 0xe0041, 0xe0100, 0xf0000, 0x378,  0x10ffff, 0x110000, 0xffffffff,
    };
    for (size_t i = 0; i < ARRAY_SIZE(banned); i++)
        ck_assert_msg(text_cp_width(banned[i]) == -1, "U+%04X", (unsigned)banned[i]);
}
END_TEST

START_TEST(sanitise_lets_nothing_through_that_moves_or_hides)
{
    expect("plain name", 80, "plain name");
    expect("h\x1b[31mX\nY", 80, "h" BAD "[31mX" BAD "Y");
    expect("\x1b]0;pwned\a", 80, BAD "]0;pwned" BAD);
    expect("a\xc2\x9b"
           "2J",
           80, "a" BAD "2J"); /* C1 */
    expect("a\x9b"
           "2J",
           80, "a" BAD "2J");
    expect("x\xe2\x80\xaey", 80, "x" BAD "y"); /* right-to-left override */
    expect("x\xe2\x80\x8dy", 80, "x" BAD "y"); /* zero width joiner */
    expect("\xef\xbb\xbfx", 80, BAD "x");      /* byte order mark */
    expect("x\xef\xb8\x8f", 80, "x" BAD);      /* variation selector */
    expect("x\xe2\x80\xa8y", 80, "x" BAD "y"); /* line separator */
    expect("\xc3\xa9\xff", 80, "\xc3\xa9" BAD);
    expect("%s%n", 80, "%s%n");

    CLEANUP_FREE char *zero = text_sanitise("a\0b", 3, 80);
    ck_assert_str_eq(zero, "a" BAD "b");
    CLEANUP_FREE char *none = text_sanitise(NULL, 5, 80);
    ck_assert_str_eq(none, "");
}
END_TEST

START_TEST(sanitise_keeps_two_marks)
{
    expect("e\xcc\x81", 80, "e\xcc\x81");
    expect("e\xcc\x81\xcc\x82\xcc\x83\xcc\x84z", 80, "e\xcc\x81\xcc\x82z");
    expect("\xcc\x81x", 80, BAD "x"); /* nothing to stand on */

    char tower[1 + 2 * 500 + 1] = "a";
    for (int i = 0; i < 500; i++)
        memcpy(tower + 1 + 2 * i, "\xcc\x81", 2);
    CLEANUP_FREE char *text = text_sanitise(tower, strlen(tower), 80);
    ck_assert_uint_eq(strlen(text), 5);
    ck_assert_uint_eq(text_width(text), 1);
}
END_TEST

START_TEST(sanitise_cuts_by_columns)
{
    expect("abcdef", 6, "abcdef");
    expect("abcdef", 5, "abcd\xe2\x80\xa6");
    expect("abcdef", 1, "\xe2\x80\xa6");
    expect("abcdef", 0, "");
    expect("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 6, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad");
    expect("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 5, "\xe4\xb8\xad\xe4\xb8\xad\xe2\x80\xa6");
    expect("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4, "\xe4\xb8\xad\xe2\x80\xa6");
    expect("abe\xcc\x81", 3, "abe\xcc\x81");

    char long_name[5001];
    memset(long_name, 'x', 5000);
    long_name[5000] = '\0';
    CLEANUP_FREE char *text = text_sanitise(long_name, 5000, 256);
    ck_assert_uint_eq(text_width(text), 256);
}
END_TEST

START_TEST(sanitise_into_never_tears)
{
    const char *euros = "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac";
    for (size_t size = 1; size <= 12; size++) {
        char dst[16];
        memset(dst, 'X', sizeof(dst));
        text_sanitise_into(dst, size, euros, strlen(euros));
        size_t whole = (size - 1) / 3 > 3 ? 3 : (size - 1) / 3;
        ck_assert_uint_eq(strlen(dst), whole * 3);
        ck_assert_int_eq(dst[size], 'X');
    }
    char untouched = 'X';
    text_sanitise_into(&untouched, 0, "a", 1);
    ck_assert_int_eq(untouched, 'X');
}
END_TEST

/* Whatever comes in: valid UTF-8 without anything banned comes out, within its columns. */
START_TEST(random_bytes_come_out_clean)
{
    srand(42);
    for (int round = 0; round < 20000; round++) {
        char raw[64];
        size_t len = (size_t)rand() % sizeof(raw);
        for (size_t i = 0; i < len; i++)
            raw[i] = (char)(rand() % 3 ? rand() % 256 : 0xc0 + rand() % 64);
        size_t cells = (size_t)rand() % 40;
        CLEANUP_FREE char *text = text_sanitise(raw, len, cells);
        ck_assert_uint_le(text_width(text), cells);

        char fitted[40 * 16 + 1];
        text_fit(fitted, sizeof(fitted), text, 20, rand() % 2);
        ck_assert_uint_eq(text_width(fitted), 20);

        size_t left = strlen(text);
        const char *at = text;
        while (left > 0) {
            uint32_t cp;
            size_t used = text_decode(at, left, &cp);
            char bytes[4];
            ck_assert(text_encode(cp, bytes) == used && memcmp(bytes, at, used) == 0);
            ck_assert_int_ge(text_cp_width(cp), 0);
            at += used;
            left -= used;
        }
    }
}
END_TEST

START_TEST(fit_fills_exactly)
{
    char dst[64];
    text_fit(dst, sizeof(dst), "ab", 4, false);
    ck_assert_str_eq(dst, "ab  ");
    text_fit(dst, sizeof(dst), "abcd", 4, false);
    ck_assert_str_eq(dst, "abcd");
    text_fit(dst, sizeof(dst), "abcde", 4, false);
    ck_assert_str_eq(dst, "abc\xe2\x80\xa6");
    text_fit(dst, sizeof(dst), "abcde", 4, true);
    ck_assert_str_eq(dst, "abc~");
    text_fit(dst, sizeof(dst), "\xe4\xb8\xad\xe4\xb8\xad", 3, true);
    ck_assert_str_eq(dst, "\xe4\xb8\xad~");
    text_fit(dst, sizeof(dst), "a\xe4\xb8\xad\xe4\xb8\xad", 3, true);
    ck_assert_str_eq(dst, "a~ ");
    text_fit(dst, sizeof(dst), "abc", 0, false);
    ck_assert_str_eq(dst, "");
    text_fit(dst, 3, "abcdef", 6, false);
    ck_assert_str_eq(dst, "ab");
}
END_TEST

START_TEST(fit_middle_keeps_both_ends)
{
    static const struct {
        const char *text;
        size_t cells;
        const char *fitted;
    } cases[] = {
        {"web-1", 8, "web-1   "},
        {"k8s-node-12", 8, "k8s-~-12"},
        {"k8s-node-12", 7, "k8s~-12"},
        {"abcdef", 2, "a~"},
        {"abcdef", 1, "~"},
        {"abcdef", 0, ""},
        {"", 3, "   "},
        /* A wide character that is cut leaves a space, and none is torn. */
        {"a\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xadz", 5, "a\xe4\xb8\xad~z"},
        {"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4, "\xe4\xb8\xad~ "},
        {"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 5, "\xe4\xb8\xad~\xe4\xb8\xad"},
        {"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 6, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"},
        /* A mark never stands on another character than its own. */
        {"abcde\xcc\x81"
         "f",
         4, "ab~f"},
        {"abcd\xcc\x81"
         "ef",
         4, "ab~f"},
        {"abcdefe\xcc\x81", 4, "ab~e\xcc\x81"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char dst[64];
        text_fit_middle(dst, sizeof(dst), cases[i].text, cases[i].cells, true);
        ck_assert_str_eq(dst, cases[i].fitted);
        ck_assert_uint_eq(text_width(dst), cases[i].cells);
    }
    char dst[8];
    text_fit_middle(dst, sizeof(dst), "a name that is too long for its room", 20, true);
    ck_assert_uint_lt(strlen(dst), sizeof(dst));
}
END_TEST

START_TEST(fit_middle_holds_its_columns_whatever_comes)
{
    srand(3);
    for (int round = 0; round < 2000; round++) {
        char raw[64], dst[512];
        size_t len = (size_t)rand() % sizeof(raw), cells = (size_t)rand() % 24;
        for (size_t i = 0; i < len; i++)
            raw[i] = (char)(rand() % 3 ? 0xcc : rand());
        CLEANUP_FREE char *clean = text_sanitise(raw, len, 64);
        text_fit_middle(dst, sizeof(dst), clean, cells, false);
        ck_assert_uint_eq(text_width(dst), cells);
    }
}
END_TEST

START_TEST(ascii_keeps_columns)
{
    char text[] = "a\xc3\xa9"
                  "e\xcc\x81\xe4\xb8\xad\xf0\x9f\x90\xa7z";
    size_t width = text_width(text);
    text_to_ascii(text);
    ck_assert_str_eq(text, "a?e????z");
    ck_assert_uint_eq(strlen(text), width);
}
END_TEST

START_TEST(percent_encoding_is_lossless)
{
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    CLEANUP_FREE char *text = text_percent_encode(all, sizeof(all));
    for (const char *c = text; *c; c++)
        ck_assert(*c > ' ' && *c < 0x7f && *c != '#' && *c != '"');
    size_t len = 0;
    CLEANUP_FREE char *back = text_percent_decode(text, &len);
    ck_assert_uint_eq(len, sizeof(all));
    ck_assert_mem_eq(back, all, sizeof(all));

    CLEANUP_FREE char *plain = text_percent_encode("qemu:///system", 14);
    ck_assert_str_eq(plain, "qemu:///system");
    CLEANUP_FREE char *spaced = text_percent_encode("a b%", 4);
    ck_assert_str_eq(spaced, "a%20b%25");
}
END_TEST

START_TEST(percent_decoding_refuses_what_was_never_encoded)
{
    static const char *const bad[] = {"%", "%4", "%4g", "%g4", "a b", "a#b", "\xc3\xa9", "a\n"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        size_t len = 77;
        ck_assert_msg(text_percent_decode(bad[i], &len) == NULL, "%s", bad[i]);
        ck_assert_uint_eq(len, 77);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, decode_takes_strict_utf8);
    tcase_add_test(tests, encode_and_decode_agree);
    tcase_add_test(tests, widths_do_not_depend_on_the_locale);
    tcase_add_test(tests, sanitise_lets_nothing_through_that_moves_or_hides);
    tcase_add_test(tests, sanitise_keeps_two_marks);
    tcase_add_test(tests, sanitise_cuts_by_columns);
    tcase_add_test(tests, sanitise_into_never_tears);
    tcase_add_test(tests, random_bytes_come_out_clean);
    tcase_add_test(tests, fit_fills_exactly);
    tcase_add_test(tests, fit_middle_keeps_both_ends);
    tcase_add_test(tests, fit_middle_holds_its_columns_whatever_comes);
    tcase_add_test(tests, ascii_keeps_columns);
    tcase_add_test(tests, percent_encoding_is_lossless);
    tcase_add_test(tests, percent_decoding_refuses_what_was_never_encoded);
    Suite *suite = suite_create("base_text");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
