/* A recorded tree: files below a temporary directory that stands for "/". */
#ifndef VCTOP_TEST_KERNEL_TREE_H
#define VCTOP_TEST_KERNEL_TREE_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char tree_root[64];

static inline void tree_make(void)
{
    strcpy(tree_root, "/tmp/vctop-tree-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(tree_root));
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
                                  struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void tree_remove(void)
{
    /* More than once: some file systems pass over names while others go. */
    for (int i = 0; i < 100 && access(tree_root, F_OK) == 0; i++)
        nftw(tree_root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *tree_path(const char *name)
{
    static char path[4][1024];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof(path[turn]), "%s%s", tree_root, name);
    return path[turn];
}

static inline void tree_dirs(const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s", tree_path(name));
    for (char *p = path + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(path, 0755);
        *p = '/';
    }
}

static inline void tree_put_bytes(const char *name, const char *data, size_t len)
{
    tree_dirs(name);
    FILE *file = fopen(tree_path(name), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void tree_put(const char *name, const char *text)
{
    tree_put_bytes(name, text, strlen(text));
}

static inline void tree_drop(const char *name)
{
    ck_assert_int_eq(unlink(tree_path(name)), 0);
}

/* Gives USE every prefix of TEXT and the text with each byte replaced by some that hurt. */
static inline void tree_spoil(const char *text, void (*use)(const char *text))
{
    static const char bytes[] = {'\n', ' ', ':', '9', '-', '(', '\x01', '\xff', '\t', '/'};
    size_t len = strlen(text);
    char *copy = malloc(len + 1);
    ck_assert_ptr_nonnull(copy);
    for (size_t i = 0; i <= len; i++) {
        memcpy(copy, text, i);
        copy[i] = '\0';
        /* Exactly as long as it must be, so that a reader past the end is caught. */
        char *exact = strdup(copy);
        ck_assert_ptr_nonnull(exact);
        use(exact);
        free(exact);
    }
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < sizeof(bytes); j++) {
            memcpy(copy, text, len + 1);
            copy[i] = bytes[j];
            use(copy);
        }
    }
    free(copy);
}

#endif
