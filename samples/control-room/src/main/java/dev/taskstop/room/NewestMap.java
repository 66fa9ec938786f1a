package dev.taskstop.room;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets its oldest entry when there are too many: what was put first, or what was used the longest ago. */
final class NewestMap<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int max;

    private NewestMap(int max, boolean byUse) {
        super(16, 0.75f, byUse);
        this.max = max;
    }

    static <K, V> Map<K, V> byPut(int max) {
        return new NewestMap<>(max, false);
    }

    static <K, V> Map<K, V> byUse(int max) {
        return new NewestMap<>(max, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
    }
}
