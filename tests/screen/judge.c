#include "screen/judge.h"

#include <stdlib.h>
#include <string.h>

static void private_mode(struct judge *judge, bool on)
{
    char *rest = judge->params + 1;
    for (char *one; (one = strsep(&rest, ";"));) {
        int mode = atoi(one);
        if (mode == 1049 || mode == 47 || mode == 1047)
            judge->alternate = on;
        else if (mode == 25)
            judge->cursor_hidden = !on;
        else if (mode == 2004)
            judge->paste = on;
        else if (mode == 1000 || mode == 1002 || mode == 1003 || mode == 1006)
            judge->mouse = on;
        else if (mode != 1 && mode != 7 && mode != 12 && mode != 1034)
            judge->foreign++;
    }
}

/* 30 to 37, 40 to 47, 38;5;n, 90 to 97 and so on; 39 and 49 are no colour. */
static bool sets_colour(const char *params)
{
    for (const char *at = params; at; at = strchr(at, ';') ? strchr(at, ';') + 1 : NULL) {
        int code = atoi(at);
        if ((code >= 30 && code <= 47 && code != 39) || code >= 90)
            return true;
    }
    return false;
}

/* The allow-list: what ncurses' terminfo entries send, and nothing that can program a terminal. */
static void judge_byte(struct judge *judge, unsigned char byte)
{
    switch (judge->parse) {
    case PLAIN:
        if (byte == 0x1b)
            judge->parse = ESCAPE;
        else if (byte < 0x20 && !strchr("\r\n\b\t\x0e\x0f", byte))
            judge->foreign++;
        else if (byte == 0x7f)
            judge->foreign++;
        break;
    case ESCAPE:
        judge->params_len = 0;
        if (byte == '[')
            judge->parse = CSI;
        else if (byte == '(' || byte == ')')
            judge->parse = CHARSET;
        else {
            if (!strchr("78=>MDEc", byte))
                judge->foreign++;
            judge->parse = PLAIN;
        }
        break;
    case CHARSET:
        judge->parse = PLAIN;
        break;
    case CSI:
        if (byte < 0x20 || byte > 0x7e) {
            judge->foreign++;
            /* One that was torn, as by a crash: the next begins here, for any terminal. */
            judge->parse = byte == 0x1b ? ESCAPE : PLAIN;
        } else if (byte < 0x40) {
            if (judge->params_len + 1 < sizeof judge->params)
                judge->params[judge->params_len++] = (char)byte;
        } else {
            judge->params[judge->params_len] = '\0';
            if (byte == 'm' && sets_colour(judge->params))
                judge->coloured = true;
            if ((byte == 'h' || byte == 'l') && judge->params[0] == '?')
                private_mode(judge, byte == 'h');
            else if (byte == 'c' && judge->params[0] == '?')
                ; /* the shape of the cursor on a Linux console */
            else if (byte == 'n' && strcmp(judge->params, "5") == 0)
                judge->asked++;
            else if (!strchr("ABCDEFGHJKLMPSTXZ@bdfghlmrstu", byte))
                judge->foreign++;
            judge->parse = PLAIN;
        }
        break;
    }
}

/* UTF-8 that hides a C1 control is as bad as the control. */
void judge_bytes(struct judge *judge, const char *bytes, size_t len)
{
    static const unsigned char C1_LEAD = 0xc2;
    for (size_t i = 0; i < len; i++) {
        judge_byte(judge, (unsigned char)bytes[i]);
        if ((unsigned char)bytes[i] == C1_LEAD && i + 1 < len && (unsigned char)bytes[i + 1] < 0xa0)
            judge->foreign++;
    }
}
