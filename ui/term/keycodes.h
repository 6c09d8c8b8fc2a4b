/* ncurses key codes that only the terminal layer knows. */
#ifndef VCTOP_UI_TERM_KEYCODES_H
#define VCTOP_UI_TERM_KEYCODES_H

#define KEYCODE_PASTE_BEGIN 2000
#define KEYCODE_PASTE_END 2001
#define KEYCODE_ANSWER 2002
#define KEYCODE_MOUSE_SGR 2003
#define KEYCODE_MOUSE_BYTES 2004

#endif
