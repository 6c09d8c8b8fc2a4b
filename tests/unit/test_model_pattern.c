#include "model/pattern.h"

#include <check.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pattern *compile(const char *text)
{
    const char *why = NULL;
    size_t at = 0;
    struct pattern *pattern = pattern_new(text, &at, &why);

    ck_assert_msg(pattern != NULL, "%s: %s at %zu", text, why, at);
    return pattern;
}

static bool matches(const char *text, const char *subject)
{
    struct pattern *pattern = compile(text);
    bool ret = pattern_matches(pattern, subject);

    pattern_free(pattern);
    return ret;
}

START_TEST(what_matches)
{
    static const struct {
        const char *pattern, *yes[3], *no[3];
    } cases[] = {
        {"web", {"web", "a WEB b", "xweb"}, {"wb", "", "we b"}},
        {"^web", {"web1", "WEB"}, {"a web"}},
        {"web$", {"web", "a-web"}, {"web1"}},
        {"^$", {""}, {"a"}},
        {"^(web|db)[0-9]+$", {"web1", "db07"}, {"web", "mail1", "db1x"}},
        {"a.c",
         {"abc", "a\xc3\xa9"
                 "c"},
         {"ac", "abbc"}},
        {"ab*c", {"ac", "abbbc"}, {"adc"}},
        {"ab+c", {"abc", "abbc"}, {"ac"}},
        {"^ab?c$", {"ac", "abc"}, {"abbc"}},
        {"^a{2,3}$", {"aa", "aaa"}, {"a", "aaaa"}},
        {"^a{2}$", {"aa"}, {"a", "aaa"}},
        {"^a{2,}$", {"aa", "aaaaa"}, {"a"}},
        {"^a{0}b$", {"b"}, {"ab"}},
        {"^(ab){0,2}$", {"", "ab", "abab"}, {"a", "ababab"}},
        {"^(a{2}b){2}$", {"aabaab"}, {"aab", "abab"}},
        {"^((a|b)c)*$", {"", "acbc"}, {"a", "abc"}},
        {"[^a-c]", {"d", "\xc3\xa9"}, {"a", "B", ""}},
        {"[]x]", {"]", "x"}, {"["}},
        {"[a-]", {"-"}, {"b"}},
        {"^[[:alpha:]_]+$", {"ab_C", "\xc3\xa9t\xc3\xa9"}, {"a1"}},
        {"[[:digit:]]{3}", {"a123"}, {"12a3"}},
        {"\\.", {"a.b"}, {"ab"}},
        {"\\(\\)", {"f()"}, {"f"}},
        {"\xc3\x89", {"\xc3\xa9"}, {"e"}},
        {"a||b", {"", "z"}, {NULL}},
        {"()", {"", "z"}, {NULL}},
        {"(^|-)web", {"web", "a-web"}, {"aweb"}},
        {"10\\.0\\.[0-9]{1,3}\\.[0-9]{1,3}", {"10.0.3.21"}, {"10.1.3.21", "10.0.3"}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int j = 0; j < 3; j++) {
            if (cases[i].yes[j])
                ck_assert_msg(matches(cases[i].pattern, cases[i].yes[j]), "'%s' '%s'",
                              cases[i].pattern, cases[i].yes[j]);
            if (cases[i].no[j])
                ck_assert_msg(!matches(cases[i].pattern, cases[i].no[j]), "'%s' '%s'",
                              cases[i].pattern, cases[i].no[j]);
        }
    }
}
END_TEST

START_TEST(errors_have_a_place)
{
    static const struct {
        const char *pattern;
        size_t at;
        const char *why;
    } cases[] = {
        {"a(b", 1, "not closed"},       {"a)b", 1, "not opened"},
        {"*a", 0, "nothing to repeat"}, {"a|+", 2, "nothing to repeat"},
        {"a[b", 1, "not closed"},       {"[z-a]", 1, "backwards"},
        {"[[:foo:]]", 1, "no such"},    {"a\\", 1, "backslash"},
        {"\\d", 0, "letters"},          {"a{x}", 2, "count is missing"},
        {"a{3,2}", 1, "counts are"},    {"a{2", 1, "counts are"},
        {"a{9999}", 2, "too many"},     {"a{2}{3}", 4, "twice"},
        {"a{129}", 0, "too long"},      {"((a{9}){9}){9}", 2, "too long"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = "";
        size_t at = 999;

        ck_assert_msg(!pattern_new(cases[i].pattern, &at, &why), "%s", cases[i].pattern);
        ck_assert_msg(at <= strlen(cases[i].pattern) && strstr(why, cases[i].why), "%s: %s at %zu",
                      cases[i].pattern, why, at);
        if (!strstr(why, "too long"))
            ck_assert_msg(at == cases[i].at, "%s: at %zu", cases[i].pattern, at);
    }
}
END_TEST

static uint64_t dice_state;

static unsigned dice(unsigned sides)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(dice_state >> 33) % sides;
}

static void write_any(char *dst, size_t size, int depth)
{
    static const char *const atoms[] = {"a", "b", "c", ".", "[ab]", "[^a]", "[b-c]"};
    size_t len = strlen(dst);

    if (depth == 0 || dice(3) == 0) {
        snprintf(dst + len, size - len, "%s", atoms[dice(7)]);
    } else {
        snprintf(dst + len, size - len, "(");
        for (unsigned parts = dice(3) + 1; parts-- > 0;) {
            write_any(dst, size, depth - 1);
            len = strlen(dst);
            snprintf(dst + len, size - len, "%s", parts && dice(2) ? "|" : "");
        }
        len = strlen(dst);
        snprintf(dst + len, size - len, ")");
    }
    static const char *const signs[] = {"", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}"};
    len = strlen(dst);
    snprintf(dst + len, size - len, "%s", signs[dice(10)]);
}

/* The C library agrees, where it is not asked for too much. */
START_TEST(it_agrees_with_posix)
{
    int tried = 0;

    dice_state = 11;
    for (int i = 0; i < 3000; i++) {
        char text[400] = "";
        const char *why;
        size_t at;
        regex_t regex;

        strcat(text, dice(4) ? "" : "^");
        for (unsigned parts = dice(3) + 1; parts-- > 0;)
            write_any(text, sizeof(text) - 2, 2);
        strcat(text, dice(4) ? "" : "$");
        struct pattern *pattern = pattern_new(text, &at, &why);
        if (!pattern || strlen(text) > 60) {
            pattern_free(pattern);
            continue;
        }
        ck_assert_int_eq(regcomp(&regex, text, REG_EXTENDED | REG_NOSUB), 0);
        for (int j = 0; j < 5; j++) {
            char subject[12] = "";

            for (unsigned k = dice(8); k-- > 0;)
                strcat(subject, (const char *const[]){"a", "b", "c", "d"}[dice(4)]);
            ck_assert_msg(pattern_matches(pattern, subject) ==
                              (regexec(&regex, subject, 0, NULL, 0) == 0),
                          "'%s' on '%s'", text, subject);
            tried++;
        }
        regfree(&regex);
        pattern_free(pattern);
    }
    ck_assert_int_gt(tried, 5000);
}
END_TEST

/* Patterns that other matchers need minutes or all memory for, over long names. */
START_TEST(silly_patterns_cost_little)
{
    static const char *const silly[] = {
        "((a*)*)*b",
        "(a+)+$",
        "(a|a)*(a|a)*(a|a)*b",
        "(a?){50}a{50}b",
        "(.*)(.*)(.*)(.*)(.*)x",
        "[ab]*a[ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab]x",
        "(.?.?.?.?.?.?.?.?.?.?.?){10}x",
        "a.{100}x",
    };
    char name[2000];

    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    for (size_t i = 0; i < sizeof(silly) / sizeof(silly[0]); i++) {
        struct pattern *pattern = compile(silly[i]);

        for (int j = 0; j < 200; j++) {
            name[j] = j % 3 ? 'a' : 'b';
            pattern_matches(pattern, name);
        }
        pattern_free(pattern);
    }
    /* Nothing, very often. */
    const char *why;
    size_t at;
    ck_assert(!pattern_new("(((((){99}){99}){99}){99}){99}", &at, &why));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_pattern");
    tcase_add_test(tests, what_matches);
    tcase_add_test(tests, errors_have_a_place);
    tcase_add_test(tests, it_agrees_with_posix);
    tcase_add_test(tests, silly_patterns_cost_little);
    Suite *suite = suite_create("model_pattern");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
