package dev.taskstop.histories;

import java.util.Arrays;

/**
 * What becomes of a request. Of what leaves the client without knowledge there are two, one with the effect and one
 * without, so that a claim which is true of one by luck is false of the other.
 */
enum Fate {
    ORDINARY("is answered"),
    ANSWER_LOST("is carried out, its answer is lost"),
    LOST("is lost on its way"),
    LATE("is given up by the connection, and carried out 300 ms later"),
    TIMED_OUT("is carried out, and has no answer after 10 s"),
    NOT_SENT("gets no connection"),
    NOT_PROCESSED("is refused by the connection as not processed"),
    FAILS_BEFORE("is answered 500 and not carried out"),
    FAILS_AFTER("is carried out and answered 500"),
    ODD_STATUS("is carried out and answered 799"),
    SLOW_DOWN("is answered 429, Retry-After: 1"),
    LONG_PAUSE("is answered 429, Retry-After: 60"),
    SHOWS_ACTIVE("is answered 200 without effect, and shows the task active"),
    SHOWS_ACTIVE_AFTER("is carried out and answered 200, and shows the task active"),
    SHOWS_STRANGE("is carried out and answered 200, and shows a state of the future"),
    SHOWS_OTHER("is answered by a 200 about another id"),
    SHOWS_OTHER_AFTER("is carried out, and answered by a 200 about another id"),
    UNREADABLE("is carried out and answered by a 200 of HTML"),
    SHOWS_COMPLETED("is answered 200, and shows that the task completed just then"),
    STALE("is answered by what was before the last change"),
    FORBIDDEN("is answered 403: the task is somebody else's"),
    KEY_FORBIDDEN("is answered 403: the key may do nothing any more"),
    KEY_REFUSED("is answered 401"),
    UNPAID("is answered 402"),
    REDIRECT("is answered 302"),
    THROWS("makes the transport throw"),
    THROWS_ERROR("makes the transport throw a LinkageError"),
    NULL("makes the transport give null"),
    EMPTY("is carried out, and the transport completes without an answer"),
    ERROR("is carried out, and the transport fails with a LinkageError"),
    NULL_BODY("is carried out, and answered 200 with a null in the place of the body");

    static final Fate[] OF_STOPS = all(STALE);
    static final Fate[] OF_QUESTIONS = {
        ORDINARY,
        LOST,
        TIMED_OUT,
        NOT_SENT,
        FAILS_BEFORE,
        SLOW_DOWN,
        LONG_PAUSE,
        SHOWS_OTHER,
        UNREADABLE,
        STALE,
        FORBIDDEN,
        KEY_FORBIDDEN,
        KEY_REFUSED,
        THROWS,
        NULL
    };
    static final Fate[] OF_LISTS = {ORDINARY, LOST, FAILS_BEFORE};

    private final String text;

    Fate(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }

    private static Fate[] all(Fate... except) {
        return Arrays.stream(values())
                .filter(fate -> !Arrays.asList(except).contains(fate))
                .toArray(Fate[]::new);
    }
}
