/* A compiled query, asked of one guest. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/filter.h"
#include "model/problem.h"
#include "model/query_internal.h"

struct asked {
    const struct query *query;
    const struct world *world;
    const struct guest *guest;
    int64_t now_ns;
};

static enum query_answer answer(bool yes)
{
    return yes ? QUERY_YES : QUERY_NO;
}

static enum query_answer opposite(enum query_answer of)
{
    return of == QUERY_UNKNOWN ? QUERY_UNKNOWN : answer(of == QUERY_NO);
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* ---- texts ---- */

static enum query_answer compare_text(const struct query_node *node, const char *text)
{
    if (node->pattern)
        return answer(pattern_matches(node->pattern, text));
    return answer(text_compare_folded(text, node->text) == 0);
}

/* Any of them: that none is known says nothing about the guest. */
static enum query_answer compare_addresses(const struct query_node *node, const struct facts *facts)
{
    enum query_answer ret = QUERY_UNKNOWN;

    for (int i = 0; i < FACTS_ADDRESSES_MAX && facts->addresses[i] && ret != QUERY_YES; i++)
        ret = compare_text(node, facts->addresses[i]);
    return ret;
}

/* "lxc" is every source of that kind. */
static enum query_answer compare_source(const struct query_node *node, const char *source)
{
    size_t len = strcspn(source, ":");

    if (!node->pattern && strlen(node->text) == len && strncmp(source, node->text, len) == 0)
        return QUERY_YES;
    return compare_text(node, source);
}

static enum query_answer compare_id(const struct query_node *node, const struct guest_id *id)
{
    if (guest_id_is_set(&node->id) && guest_id_equal(&node->id, id))
        return QUERY_YES;
    return compare_text(node, text_of(id->key));
}

static enum query_answer compare_problem(const struct query_node *node, const struct asked *asked)
{
    struct problem problem;
    bool has = problem_of(asked->world, asked->guest, asked->now_ns, &problem);

    return compare_text(node, has ? problem.word : "");
}

/* As if the operator were = or ~. */
static enum query_answer ask_text(const struct query_node *node, const struct asked *asked)
{
    const struct facts *facts = &asked->guest->facts;

    switch (node->field) {
    case WORD_NAME:
        return compare_text(node, text_of(facts->name));
    case WORD_TITLE:
        return compare_text(node, text_of(facts->title));
    case WORD_MANAGER:
        return compare_text(node, text_of(facts->manager));
    case WORD_REASON:
        return compare_text(node, text_of(asked->guest->reason));
    case WORD_TYPE:
        return facts->type ? compare_text(node, facts->type) : QUERY_UNKNOWN;
    case WORD_ADDRESS:
        return compare_addresses(node, facts);
    case WORD_SOURCE:
        return compare_source(node, text_of(asked->guest->id.source));
    case WORD_ID:
        return compare_id(node, &asked->guest->id);
    default:
        return compare_problem(node, asked);
    }
}

/* ---- choices ---- */

static bool is_frozen(const struct guest *guest)
{
    return guest->state == STATE_PAUSED && strcmp(text_of(guest->reason), "frozen") == 0;
}

/* Only that it is unknown is known of one that could not be judged; nothing of one that is off. */
static enum query_answer compare_isolation(const struct query_node *node, const struct guest *guest)
{
    const char *word = guest_isolation(guest);
    bool judged = word && strcmp(word, isolation_verdict_word(ISOLATION_UNKNOWN)) != 0;

    if (!word || (!judged && node->choice != ISOLATION_UNKNOWN))
        return QUERY_UNKNOWN;
    return answer(strcmp(word, query_choice(WORD_ISOLATION, (size_t)node->choice)) == 0);
}

static enum query_answer ask_choice(const struct query_node *node, const struct asked *asked)
{
    const struct guest *guest = asked->guest;
    int64_t since;
    char why[96];

    switch (node->field) {
    case WORD_KIND:
        return answer((int)guest->facts.kind == node->choice);
    case WORD_STATE:
        return answer(node->choice == STATE_COUNT ? is_frozen(guest)
                                                  : (int)guest->state == node->choice);
    case WORD_ISOLATION:
        return compare_isolation(node, guest);
    case WORD_AUTOSTART:
        return guest->facts.autostart < 0 ? QUERY_UNKNOWN
                                          : answer(guest->facts.autostart == node->choice);
    case WORD_MARKED:
        return answer(guest->marked == (node->choice == 1));
    default:
        return answer(world_stale(asked->world, guest, asked->now_ns, why, sizeof(why), &since) ==
                      (node->choice == 1));
    }
}

/* ---- figures ---- */

static bool figure_of(const struct query_node *node, const struct asked *asked, double *ret)
{
    const struct guest *guest = asked->guest;
    double limit;

    if (node->field == WORD_DISK)
        return guest_metric_sum(guest, METRIC_DISK_READ, METRIC_DISK_WRITE, asked->now_ns, ret);
    if (node->field == WORD_NET)
        return guest_metric_sum(guest, METRIC_NET_RX, METRIC_NET_TX, asked->now_ns, ret);
    enum metric metric = (enum metric)(node->field - (int)WORD_COUNT);
    if (!guest_metric(guest, metric, asked->now_ns, ret) || !isfinite(*ret))
        return false;
    if (!node->share)
        return true;
    if (!guest_metric(guest, METRIC_MEM_LIMIT, asked->now_ns, &limit) || limit <= 0)
        return false;
    *ret = *ret / limit * 100;
    return true;
}

/* Figures that look alike are alike: what is shown as 80.0 is neither above nor below 80. */
static int order_of(const struct query_node *node, double value)
{
    double apart = fabs(value - node->figure);
    char shown[UNITS_MAX];

    /* The coarsest that is shown is "1.1K" after "1.0K". */
    if (node->shown[0] && (apart <= 1 || apart <= 0.12 * fmax(value, node->figure))) {
        query_show(shown, node->field, node->share, value);
        if (strcmp(shown, node->shown) == 0)
            return 0;
    } else if (!node->shown[0]) {
        value = floor(value); /* a duration: see units_duration() */
    }
    return (value > node->figure) - (value < node->figure);
}

static enum query_answer ask_figure(const struct query_node *node, const struct asked *asked)
{
    double value;

    if (!figure_of(node, asked, &value))
        return QUERY_UNKNOWN;
    int order = order_of(node, value);
    switch (node->op) {
    case OP_LESS:
        return answer(order < 0);
    case OP_LESS_EQUAL:
        return answer(order <= 0);
    case OP_GREATER:
        return answer(order > 0);
    case OP_GREATER_EQUAL:
        return answer(order >= 0);
    case OP_UNEQUAL:
        return answer(order != 0);
    default:
        return answer(order == 0);
    }
}

/* ---- all of it ---- */

static enum query_answer ask_comparison(const struct query_node *node, const struct asked *asked)
{
    enum query_type type = query_field_type(node->field);

    if (type == QUERY_FIGURE)
        return ask_figure(node, asked);
    enum query_answer ret = type == QUERY_TEXT ? ask_text(node, asked) : ask_choice(node, asked);
    return node->op == OP_UNEQUAL || node->op == OP_MATCHES_NOT ? opposite(ret) : ret;
}

/* As deep as the text is nested, or has signs of one kind in a row: bounded by QUERY_NODES_MAX. */
static enum query_answer ask(const struct asked *asked, int index)
{
    const struct query_node *node = &asked->query->node[index];
    enum query_answer left;

    switch (node->kind) {
    case NODE_HOLDS:
        return answer(guest_holds(asked->guest, node->text));
    case NODE_COMPARES:
        return ask_comparison(node, asked);
    case NODE_NOT:
        return opposite(ask(asked, node->left));
    case NODE_AND:
    case NODE_OR:
        break;
    }
    enum query_answer ends = node->kind == NODE_AND ? QUERY_NO : QUERY_YES;
    left = ask(asked, node->left);
    if (left == ends)
        return left;
    enum query_answer right = ask(asked, node->right);
    return right == ends || left != QUERY_UNKNOWN ? right : left;
}

enum query_answer query_ask(const struct query *query, const struct world *world,
                            const struct guest *guest, int64_t now_ns)
{
    struct asked asked = {.query = query, .world = world, .guest = guest, .now_ns = now_ns};

    return query && query->count ? ask(&asked, query->root) : QUERY_YES;
}
