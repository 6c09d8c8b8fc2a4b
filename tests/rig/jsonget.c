/* jsonget PATH...: reads lines of JSON from standard input and prints, for each, the values at the
 * paths, separated by spaces.  For tests in shell; nothing beyond what they use.
 *
 * A path is keys joined by '/'; the key name=VALUE picks the first object of an array whose member
 * "name" (or any other key) is VALUE: guests/name=web1/cpu_percent; a number, that element of it:
 * guests/0/guest_disks/name=vda/read_bps.  '#' is an array's length. What is not there prints as
 * "missing", null as "null". */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *pick(json_t *array, const char *key, const char *value)
{
    size_t index;
    json_t *item;

    json_array_foreach(array, index, item)
    {
        json_t *member = json_object_get(item, key);
        if (json_is_string(member) && !strcmp(json_string_value(member), value))
            return item;
    }
    return NULL;
}

/* A VALUE may have slashes in it: it reaches as far as there is such an object. */
static json_t *pick_longest(json_t *array, const char *key, char *value, char **path)
{
    char *rest = *path;

    if (rest)
        rest[-1] = '/'; /* put back what strsep took */
    for (char *slash = rest ? strrchr(value, '/') : NULL; slash;) {
        *slash = '\0';
        json_t *found = pick(array, key, value);
        if (found) {
            *path = slash + 1;
            return found;
        }
        char *shorter = strrchr(value, '/');
        *slash = '/';
        slash = shorter;
    }
    *path = NULL;
    return pick(array, key, value);
}

static void print_at(json_t *node, char *path)
{
    for (char *step; node && (step = strsep(&path, "/"));) {
        char *equals = strchr(step, '=');
        if (!strcmp(step, "#") && json_is_array(node)) {
            printf("%zu", json_array_size(node));
            return;
        }
        if (equals) {
            *equals = '\0';
            node = pick_longest(node, step, equals + 1, &path);
        } else if (json_is_array(node)) {
            node = json_array_get(node, strtoul(step, NULL, 10));
        } else {
            node = json_object_get(node, step);
        }
    }
    if (!node)
        printf("missing");
    else if (json_is_string(node))
        printf("%s", json_string_value(node));
    else if (json_is_integer(node))
        printf("%" JSON_INTEGER_FORMAT, json_integer_value(node));
    else if (json_is_real(node))
        printf("%.3f", json_real_value(node));
    else if (json_is_null(node))
        printf("null");
    else if (json_is_boolean(node))
        printf("%s", json_is_true(node) ? "true" : "false");
    else
        printf("%s", json_is_array(node) ? "array" : "object");
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        json_error_t error;
        json_t *root = json_loads(line, 0, &error);
        if (!root) {
            fprintf(stderr, "jsonget: %s\n", error.text);
            free(line);
            return 1;
        }
        for (int i = 1; i < argc; i++) {
            char *path = strdup(argv[i]);
            if (!path)
                return 1;
            if (i > 1)
                putchar(' ');
            print_at(root, path);
            free(path);
        }
        putchar('\n');
        json_decref(root);
    }
    free(line);
    return 0;
}
