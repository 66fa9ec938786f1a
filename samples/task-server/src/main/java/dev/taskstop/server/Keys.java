package dev.taskstop.server;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Who may use the server: users, and the keys by which they are known. */
final class Keys {

    private static final String SCHEME = "Bearer ";

    private final Map<String, User> users = new LinkedHashMap<>();
    private final Map<String, Access> byKey = new HashMap<>();
    private final Map<String, String> firstKeys = new HashMap<>();

    /** @param requests how many requests came with the key */
    record Access(User user, RateLimiter limiter, AtomicInteger requests) {}

    Keys(Map<String, List<String>> keysByUser, int requestsPerSecond, long now) {
        keysByUser.forEach((userId, keys) -> {
            User user = new User(userId);
            users.put(userId, user);
            firstKeys.put(userId, keys.get(0));
            keys.forEach(key -> {
                if (byKey.put(key, new Access(user, new RateLimiter(requestsPerSecond, now), new AtomicInteger()))
                        != null) {
                    throw new IllegalArgumentException("a key of " + userId + " is given twice");
                }
            });
        });
    }

    /** Finds out who asks, or answers 401. */
    Access authenticate(@Nullable String authorization) {
        if (authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            Access access = byKey.get(authorization.substring(SCHEME.length()).strip());
            if (access != null) {
                return access;
            }
        }
        throw new ApiException(401, "Unauthorized");
    }

    User user(String userId) {
        User user = users.get(userId);
        if (user == null) {
            throw new IllegalArgumentException("no such user: " + userId);
        }
        return user;
    }

    String firstKey(String userId) {
        String key = firstKeys.get(userId);
        if (key == null) {
            throw new IllegalArgumentException("no such user: " + userId);
        }
        return key;
    }
}
