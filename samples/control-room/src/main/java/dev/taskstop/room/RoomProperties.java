package dev.taskstop.room;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the page.
 *
 * @param username who logs in
 * @param password with which password; without one, and without other users, each start makes one up and prints it
 * @param users the passwords of more users by their names; each password, that above too, is as it is or encoded, as
 *     <code>{bcrypt}$2a$…</code>
 * @param refresh how long after reading the list of tasks it is read again, while somebody watches
 * @param maxTasks how many of the active tasks are read
 * @param maxStop how many tasks can be stopped at once
 * @param audit the file in which it is kept who stopped what
 */
@ConfigurationProperties("room")
record RoomProperties(
        @DefaultValue("operator") String username,
        @Nullable String password,
        @DefaultValue Map<String, String> users,
        @DefaultValue("2s") Duration refresh,
        @DefaultValue("2000") int maxTasks,
        @DefaultValue("100000") int maxStop,
        @DefaultValue("control-room-audit.jsonl") Path audit) {

    private static final Duration MIN_REFRESH = Duration.ofMillis(100);

    RoomProperties {
        require(
                refresh.compareTo(MIN_REFRESH) >= 0,
                "room.refresh takes 100ms or more; without a unit a number is milliseconds");
        require(maxTasks > 0, "room.max-tasks takes a number from 1 up, not " + maxTasks);
        require(maxStop > 0, "room.max-stop takes a number from 1 up, not " + maxStop);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Returns the settings; never a password. */
    @Override
    public String toString() {
        return "RoomProperties[username=" + username + ", users=" + users.keySet() + ", refresh=" + refresh
                + ", maxTasks=" + maxTasks + ", maxStop=" + maxStop + ", audit=" + audit + "]";
    }
}
