/* What an operator does to guests, told to the system's log (facility authpriv, as sudo does): who,
 * what, which guest, and what became of it. */
#ifndef VCTOP_WORKER_JOURNAL_H
#define VCTOP_WORKER_JOURNAL_H

#define JOURNAL_SOCKET "/dev/log"

/* The guest that all that follows is about: SOURCE is its id, KEY and NAME are raw, NAME may be
 * NULL.  PATH: JOURNAL_SOCKET, another in tests. */
void journal_about(const char *path, const char *source, const char *key, const char *name);

/* One line: WHAT was done, of a format like printf's.  Does not block: a log that does not take it
 * at once does not get it.  Nothing before journal_about(). */
void journal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
