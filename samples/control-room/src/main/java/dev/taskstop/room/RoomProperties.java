package dev.taskstop.room;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the page.
 *
 * @param username who logs in
 * @param password with which password; without one, each start makes one up and prints it
 * @param refresh how long after reading the list of tasks it is read again, while somebody watches
 * @param maxTasks how many of the active tasks are read
 */
@ConfigurationProperties("room")
record RoomProperties(
        @DefaultValue("operator") String username,
        @Nullable String password,
        @DefaultValue("2s") Duration refresh,
        @DefaultValue("2000") int maxTasks) {

    /** Returns the settings; never the password. */
    @Override
    public String toString() {
        return "RoomProperties[username=" + username + ", refresh=" + refresh + ", maxTasks=" + maxTasks + "]";
    }
}
