package dev.taskstop.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** nginx with one worker, a port for each protocol, and the answer of the task server. */
final class Nginx implements Server {

    private static final int TRIES = 100;
    private static final int MILLIS_BETWEEN_TRIES = 50;

    private static final String CONFIGURATION = """
            daemon off;
            worker_processes 1;
            pid %1$s/nginx.pid;
            error_log stderr crit;
            events { worker_connections 4096; }
            http {
              access_log off;
              default_type application/json;
              keepalive_requests 1000000000;
              keepalive_timeout 300s;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d backlog=2048;
                listen 127.0.0.1:%3$d http2 backlog=2048;
                listen 127.0.0.1:%4$d ssl http2 backlog=2048;
                ssl_certificate %5$s;
                ssl_certificate_key %6$s;
                location ~ ^/api/tasks/(?<id>[^/]+)$ {
                  return 200 '{"message":"Task stopped successfully","task":{"id":"$id","userId":"user@example.com",\
            "status":"stopped","error":"Task stopped by user","updatedAt":"2026-01-01T00:00:00.000Z",\
            "completedAt":"2026-01-01T00:00:00.000Z"}}';
                }
              }
            }
            """;

    private final Process process;
    private final Map<Protocol, Integer> ports;

    private Nginx(Process process, Map<Protocol, Integer> ports) {
        this.process = process;
        this.ports = ports;
    }

    static boolean isInstalled() {
        return Machine.find("nginx").isPresent();
    }

    /** Starts it and waits until it listens. */
    static Nginx start(Certificate certificate, Path directory) throws IOException, InterruptedException {
        Map<Protocol, Integer> ports = new EnumMap<>(Protocol.class);
        for (Protocol protocol : Protocol.values()) {
            ports.put(protocol, freePort());
        }
        Path configuration = Files.writeString(
                directory.resolve("nginx.conf"),
                CONFIGURATION.formatted(
                        directory,
                        ports.get(Protocol.HTTP_1),
                        ports.get(Protocol.HTTP_2),
                        ports.get(Protocol.HTTP_2_TLS),
                        certificate.chain(),
                        certificate.key()));
        Process process = Child.start(
                Child.Role.SERVER,
                List.of("nginx", "-e", "stderr", "-p", directory.toString(), "-c", configuration.toString()));
        Nginx nginx = new Nginx(process, ports);
        for (int port : ports.values()) {
            nginx.awaitListening(port);
        }
        return nginx;
    }

    private void awaitListening(int port) throws IOException, InterruptedException {
        for (int i = 0; process.isAlive() && i < TRIES; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(MILLIS_BETWEEN_TRIES);
            }
        }
        close();
        throw new IOException("nginx does not listen");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String title() {
        return "nginx, fixed answer, one worker";
    }

    @Override
    public URI baseUrl(Protocol protocol) {
        return URI.create((protocol.isTls() ? "https://" : "http://") + HOST + ":" + ports.get(protocol));
    }

    @Override
    public void close() {
        Child.end(process);
    }
}
