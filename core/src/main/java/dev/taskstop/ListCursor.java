package dev.taskstop;

import java.util.List;
import reactor.core.publisher.SynchronousSink;

/**
 * Where the next page of a list begins, and how large it is to be. Read and advanced in turns.
 *
 * <p>A page that is too large is read again in smaller pieces, down to single tasks; one that is too large by itself is
 * passed over. Where tasks are small again, the pages grow.
 */
final class ListCursor {

    /** So many in a row that are too large by themselves are not tasks, but a server that answers something else. */
    private static final int MAX_TOO_LARGE = 100;

    /** So many pages with the same tasks are not a list, but a server that does not look at the offset. */
    private static final int MAX_SAME = 100;

    /** And so are so many in a row without any, */
    private static final int MAX_EMPTY = 100;

    /** and so many items in a row that are no tasks. */
    private static final int MAX_UNREADABLE = 10_000;

    /**
     * What is to be asked for.
     *
     * @param parameters which list
     * @param offset how many tasks of the list come before it
     * @param limit how many tasks it has at the most
     */
    record Place(String parameters, long offset, int limit) {}

    private final DialectPaging paging;
    private final List<String> lists;
    private int pageSize;
    private int list;
    private long offset;
    private int limit;
    private int tooLargeInARow;
    private int emptyInARow;
    private int unreadableInARow;
    private long pages;
    private int same;

    /** The tasks of an earlier page, the 1st, 2nd, 4th, 8th and so on: so pages that come in turns are seen again. */
    private List<String> earlier = List.of();

    private long passedOver;

    /**
     * Begins with the first page.
     *
     * @param lists the parameters of each list, which are read one after the other
     */
    ListCursor(DialectPaging paging, List<String> lists, int pageSize) {
        this.paging = paging;
        this.lists = lists;
        this.pageSize = pageSize;
        this.limit = pageSize;
    }

    void next(SynchronousSink<Place> sink) {
        if (list == lists.size()) {
            sink.complete();
        } else {
            sink.next(new Place(lists.get(list), offset, limit));
        }
    }

    /** Takes the page that was read at the place given last. */
    void advance(TaskPage page) {
        if (page.tooLarge() != null) {
            shrink(page.tooLarge());
            return;
        }
        tooLargeInARow = 0;
        passedOver += page.items() - page.tasks().size();
        if (!page.hasMore() || leadsNowhere(page)) {
            nextList();
        } else {
            // A server that picks out after it has cut the page may find nothing there, and more behind it.
            offset = paging.next(offset, page.limit(), page.items() == 0 ? page.limit() : page.items());
        }
        if (page.limit() < limit) {
            limit = page.limit();
            pageSize = limit;
        }
        boolean fitsTwice = page.bytes() <= TaskDialect.MAX_PAGE_BYTES / 2;
        limit = paging.limit(offset, fitsTwice ? Math.min(pageSize, 2 * limit) : limit);
    }

    private void nextList() {
        list++;
        offset = 0;
        emptyInARow = 0;
        unreadableInARow = 0;
        pages = 0;
        same = 0;
        earlier = List.of();
    }

    private boolean leadsNowhere(TaskPage page) {
        emptyInARow = page.items() == 0 ? emptyInARow + 1 : 0;
        unreadableInARow = page.tasks().isEmpty() ? unreadableInARow + page.items() : 0;
        return isSeenAgain(page) || emptyInARow >= MAX_EMPTY || unreadableInARow >= MAX_UNREADABLE;
    }

    private boolean isSeenAgain(TaskPage page) {
        List<String> ids = page.tasks().stream().map(TaskSummary::taskId).toList();
        boolean again = !ids.isEmpty() && ids.equals(earlier);
        same += again ? 1 : 0;
        pages++;
        if (Long.bitCount(pages) == 1 && !again) {
            earlier = ids;
            same = 0;
        }
        return same >= MAX_SAME;
    }

    /** Nothing more is to be read. */
    void end() {
        list = lists.size();
    }

    private void shrink(TaskDecodingException problem) {
        if (limit > 1) {
            limit = paging.limit(offset, limit / 2);
            return;
        }
        if (++tooLargeInARow > MAX_TOO_LARGE) {
            throw problem;
        }
        passedOver++;
        offset = paging.next(offset, limit, 1);
    }

    /** How many tasks there were that could not be read, to be told once. */
    long takePassedOver() {
        long taken = passedOver;
        passedOver = 0;
        return taken;
    }
}
