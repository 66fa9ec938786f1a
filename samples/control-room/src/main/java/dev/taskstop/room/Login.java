package dev.taskstop.room;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Who may log in. A password that was not set is made up at each start, and told once.
 *
 * @param passwords the passwords by user
 * @param madeUp whether the password is made up
 */
record Login(Map<String, String> passwords, boolean madeUp) {

    static Login of(RoomProperties properties) {
        String password = properties.password();
        Map<String, String> passwords = new TreeMap<>(properties.users());
        passwords.forEach(
                (user, its) -> require(!its.isBlank(), "room.users." + user + " takes a password, not a blank"));
        if (password != null && !password.isBlank()) {
            String other = passwords.put(properties.username(), password);
            require(other == null, "room.users and room.username both have a password for " + properties.username());
        }
        return passwords.isEmpty()
                ? new Login(Map.of(properties.username(), UUID.randomUUID().toString()), true)
                : new Login(passwords, false);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    Set<String> users() {
        return passwords.keySet();
    }

    /** Returns the users; never a password. */
    @Override
    public String toString() {
        return "Login" + passwords.keySet();
    }
}
