package dev.taskstop;

/** How a list is read piece by piece. Where a piece begins is counted in tasks, from 0, in either way. */
enum DialectPaging {
    /** By the number of tasks before it. */
    OFFSET {
        @Override
        String parameters(long offset, int limit) {
            return "offset=" + offset + "&limit=" + limit;
        }

        @Override
        long next(long offset, int limit, int items) {
            return offset + items;
        }

        @Override
        int limit(long offset, int atMost) {
            return atMost;
        }
    },
    /** By the number of the page, from 1: a page can only begin at a multiple of its size. */
    PAGE {
        @Override
        String parameters(long offset, int limit) {
            return "page=" + (offset / limit + 1) + "&limit=" + limit;
        }

        @Override
        long next(long offset, int limit, int items) {
            return offset + limit;
        }

        @Override
        int limit(long offset, int atMost) {
            int limit = atMost;
            while (offset % limit != 0) {
                limit--;
            }
            return limit;
        }
    };

    abstract String parameters(long offset, int limit);

    /** Where the piece begins that follows one with so many items. */
    abstract long next(long offset, int limit, int items);

    /** How large a piece can be that begins there. */
    abstract int limit(long offset, int atMost);
}
