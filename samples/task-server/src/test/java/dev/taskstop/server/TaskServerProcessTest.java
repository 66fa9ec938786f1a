package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TaskServerProcessTest {

    /** More than a pipe holds that nobody reads from. */
    @Test
    void a_server_that_has_much_to_log_goes_on_answering() throws IOException {
        String broken = "GET /" + "x".repeat(500) + " HTTP/1.1\r\nno header\r\n\r\n";
        try (TaskServerProcess server = TaskServerProcess.start()) {
            for (int i = 0; i < 500; i++) {
                try (RawConnection connection = new RawConnection(server.baseUrl())) {
                    connection.send(broken);

                    assertThat(connection.read(false).status()).isEqualTo(400);
                }
            }
        }
    }
}
