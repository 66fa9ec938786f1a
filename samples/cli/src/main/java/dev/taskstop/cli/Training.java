package dev.taskstop.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Runs each command once against a server of its own on loopback, so that the classes that commands need are loaded and
 * get into the archive; see {@link ClassData}.
 */
final class Training {

    private static final String STATUS = """
            {"taskId":"a","status":"completed","progress":100,"inProgress":false,"isDone":true,"error":null,\
            "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z",\
            "completedAt":"2026-01-01T00:00:00.000Z","duration":"9s"}""";
    private static final String STOPPED = """
            {"message":"","task":{"id":"a","userId":"u","status":"stopped","error":null,\
            "updatedAt":"2026-01-01T00:00:00.000Z","completedAt":"2026-01-01T00:00:00.000Z"}}""";
    private static final String LIST = """
            {"tasks":[{"id":"a","status":"completed","createdAt":"2026-01-01T00:00:00.000Z"}],"hasMore":false,\
            "offset":0,"limit":100}""";
    private static final String LOG = """
            event: complete
            data: {"status":"completed","totalLogs":0,"message":"","timestamp":"2026-01-01T00:00:00.000Z"}

            """;

    /** What only an https address needs, of which no command here has one. */
    private static final List<String> MORE = List.of("io/netty/handler/codec/http2/", "io/netty/handler/ssl/");

    private Training() {}

    /**
     * Runs the commands and exits.
     *
     * @param args none
     */
    public static void main(String[] args) throws IOException {
        Path key = Files.createTempFile("taskstop", ".key");
        Files.writeString(key, "training");
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server));
            serving.setDaemon(true);
            serving.start();
            String url = "http://127.0.0.1:" + server.getLocalPort();
            for (String command :
                    List.of("stop a", "stop a --json", "status a", "await a", "list", "list --json", "logs a")) {
                String[] line = (command + " --base-url " + url + " --key-file " + key).split(" ", -1);
                Taskstop.commandLine(line).execute(line);
            }
            Taskstop.commandLine().execute("stop", "--help");
            loadMore();
        } finally {
            Files.delete(key);
        }
        System.exit(0);
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                Socket connection = server.accept();
                Thread answering = new Thread(() -> answerAll(connection));
                answering.setDaemon(true);
                answering.start();
            }
        } catch (IOException e) {
            // The training is over.
        }
    }

    private static void answerAll(Socket connection) {
        try (connection) {
            BufferedReader input =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            for (String request = input.readLine(); request != null; request = input.readLine()) {
                int length = 0;
                for (String header = input.readLine(); header != null && !header.isEmpty(); header = input.readLine()) {
                    boolean tellsLength = header.toLowerCase(Locale.ROOT).startsWith("content-length:");
                    length = tellsLength
                            ? Integer.parseInt(
                                    header.substring("content-length:".length()).strip())
                            : length;
                }
                for (int i = 0; i < length; i++) {
                    input.read();
                }
                byte[] body = body(request).getBytes(StandardCharsets.US_ASCII);
                String head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(request.contains("/stream") ? "text/event-stream" : "application/json", body.length);
                connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                connection.getOutputStream().write(body);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static String body(String request) {
        if (request.startsWith("PATCH")) {
            return STOPPED;
        }
        if (request.contains("/stream")) {
            return LOG;
        }
        return request.contains("/status") ? STATUS : LIST;
    }

    private static void loadMore() throws IOException {
        String jar = System.getProperty("java.class.path");
        if (!jar.endsWith(".jar") || jar.contains(File.pathSeparator)) {
            return;
        }
        try (JarFile classes = new JarFile(jar)) {
            for (JarEntry entry : classes.stream().toList()) {
                String name = entry.getName();
                if (name.endsWith(".class") && MORE.stream().anyMatch(name::startsWith)) {
                    load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
                }
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // It needs a library that is not there, so no command needs it.
        }
    }
}
