package dev.taskstop.room;

import java.util.UUID;

/** Who may log in. A password that was not set is made up at each start, and told once. */
record Login(String username, String password, boolean madeUp) {

    static Login of(RoomProperties properties) {
        String password = properties.password();
        return password == null || password.isBlank()
                ? new Login(properties.username(), UUID.randomUUID().toString(), true)
                : new Login(properties.username(), password, false);
    }

    /** Returns the user; never the password. */
    @Override
    public String toString() {
        return "Login[" + username + "]";
    }
}
