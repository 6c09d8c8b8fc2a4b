#include "fault/hostile.h"

#include <check.h>

#include "base/cleanup.h"
#include "screen/steps.h"

const char hostile_bytes[] =
    /* Titles, links, clipboard, colours, an answer-back; in the C1 forms as well. */
    "\033]0;pwned\a\033]2;pwned\033\\\033]8;;http://pwned\033\\x\033]8;;\033\\"
    "\033]52;c;cHduZWQ=\a\033]52;c;?\a\033]4;1;?\a\033]10;?\a\033]104\a\033]1337;File=:cHduZWQ=\a"
    "\033]777;notify;pwned;pwned\a\033Ppwned\033\\\033P$q\"p\033\\\033P+q544e\033\\"
    "\033Pq#0;2;0;0;0~\033\\\033_Gpwned\033\\\033^pwned\033\\\033Xpwned\033\\\005"
    "\302\2350;pwned\302\234\302\220pwned\302\234\302\2332J\2350;pwned\234\2332J\033]0;not "
    "ended\030"
    /* Questions. */
    "\033[c\033[>c\033[=c\033[5n\033[6n\033[?6n\033[?15n\033[x\033[21t\033[20t\033[18t\033[14t"
    "\033[?2004$p\033[>q\033Z"
    /* Modes, printers, sizes, and what none may be sent as it is. */
    "\033[?1000h\033[?1002h\033[?1003h\033[?1004h\033[?1006h\033[?2004h\033[?9h\033[?1049h\033[?47h"
    "\033[5i\033[4i\033[?5i\033[?4i\033[8;3;3t\033[2;1t\033[?3h\033[?5h\033[12h\033[2h\033[?40h"
    "\033#3big\033#8\033[999999999;999999999H\033[999999999L\033[999999999@\033[999999999X"
    "z\033[999999999b\033[3;2r\033[0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0m\033c"
    /* Characters that are none, or lie about their direction and width. */
    "\300\257\355\240\200\364\220\200\200\377\376\200\033["
    "\200m\342\200\256txt\342\200\254\357\273\277"
    "\342\200\250a\314\201\314\202\314\203\314\204\314\205\314\206\177"
    /* The cursor, characters and lines in and out, a region, drawing, tabs, origin, wide ones. */
    "\033[!p\033[?1049l\033[?47l\033[?5l\033[?1000l\033[?1004l\033[?2004l\033(B\017\033[2J"
    "\033[2;3Hcup\033[1Bdn\033[4Dlf"
    "\033[4;1Habcdef\033[4;2H\033[2@XY\033[4;6H\033[1P\033[4;1H\033[1X"
    "\033[6;8r\033[6;1Hone\033[7;1Htwo\033[8;1Hthree\033[7;1H\033[Lnew\033[8;1H\n\033[r"
    "\033[9;1H\033(0lqwqk\033(B"
    "\033[10;1H\033[3g\033[10;5H\033H\033[10;1H\tT"
    "\033[11;12r\033[?6h\033[1;1Horigin\033[?6l\033[r"
    "\033[12;1H\0337\033[1;1H\0338saved"
    "\033[13;1H\346\227\245\346\234\254e\314\201|"
    "\033[14;1Hz\033[4b"
    "\033[15;1Hall is well\r\n";

void hostile_check(struct screen *screen)
{
    static const char *const rows[] = {"  cup", "   lfdn",      " XYbcef", "new",
                                       "two",   "┌─┬─┐",        "    T",   "origin",
                                       "saved", "日本e\u0301|", "zzzzz",   "all is well"};
    int last = -1;

    ck_assert_msg(screen_wait(screen, "all is well", PATIENCE_MS), "%s", screen_text(screen));
    screen_pump(screen, 300);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int row = screen_find(screen, rows[i]);
        ck_assert_msg(row > last, "no '%s':\n%s", rows[i], screen_text(screen));
        last = row;
    }
    ck_assert_int_lt(screen_find(screen, "pwned"), 0);
    ck_assert(screen_wants_mouse(screen)); /* as before: the guest has turned its own off */
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
}
