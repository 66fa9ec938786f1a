package dev.taskstop.room;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which of the active tasks a page shows; an empty text or state lets all pass. */
record Filter(String text, String state) {

    static Filter of(@Nullable String text, @Nullable String state) {
        return new Filter(
                text == null ? "" : text.strip().toLowerCase(Locale.ROOT),
                state == null ? "" : state.strip().toLowerCase(Locale.ROOT));
    }
}
