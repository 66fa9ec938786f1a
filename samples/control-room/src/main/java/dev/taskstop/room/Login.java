package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Who may log in. A password that was not set is made up at each start, and told once.
 *
 * @param passwords the passwords by user
 * @param madeUp whether the password is made up
 */
record Login(Map<String, String> passwords, boolean madeUp) {

    private static final Pattern ENCODED = Pattern.compile("\\{(bcrypt|noop|pbkdf2|scrypt|argon2)[\\w@.]*}.+");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}");

    /** What bcrypt can take. */
    private static final int MAX_BYTES = 72;

    static Login of(RoomProperties properties) {
        String password = properties.password();
        Map<String, String> passwords = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        properties.users().forEach((user, its) -> add(passwords, user, its, "room.users." + user));
        if (password != null && !password.isBlank()) {
            add(passwords, properties.username(), password, "room.password");
        }
        return passwords.isEmpty()
                ? new Login(Map.of(properties.username(), UUID.randomUUID().toString()), true)
                : new Login(passwords, false);
    }

    private static void add(Map<String, String> passwords, String user, String password, String property) {
        require(
                !user.isBlank() && user.length() <= LoginGuard.LONGEST_NAME,
                property + ": the name of a user has 1 to " + LoginGuard.LONGEST_NAME + " characters");
        require(!password.isBlank(), property + " takes a password, not a blank");
        require(
                !PLACEHOLDER.matcher(password).find(),
                property + " has a placeholder in it that stands for nothing: is the variable set?");
        require(
                isEncoded(password) || password.getBytes(UTF_8).length <= MAX_BYTES,
                property + " takes a password of at most " + MAX_BYTES + " bytes");
        require(
                passwords.put(user, password) == null,
                "room.users and room.username name the user " + user + " twice; capitals make no difference");
    }

    static boolean isEncoded(String password) {
        return ENCODED.matcher(password).matches();
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
