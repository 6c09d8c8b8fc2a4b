/* The characters of a VGA in text mode. */
#ifndef VCTOP_BASE_VGA_FONT_H
#define VCTOP_BASE_VGA_FONT_H

#include <stdint.h>

#define VGA_FONT_HEIGHT 16

/* Eight pixels a row, the left one in the highest bit, by code page 437. */
extern const unsigned char vga_font[256][VGA_FONT_HEIGHT];

/* What each of them is in Unicode; a space for those that show nothing. */
extern const uint32_t vga_font_unicode[256];

#endif
