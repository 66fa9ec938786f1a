package dev.taskstop.spring;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** Answers each request with one status, and keeps what it was asked. */
final class RecordingTransport implements TaskTransport {

    final List<TaskRequest> requests = new CopyOnWriteArrayList<>();
    private final int status;

    RecordingTransport(int status) {
        this.status = status;
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.fromSupplier(() -> {
            requests.add(request);
            String path = request.uri().getPath();
            String body = """
                    {"message":"Task stopped successfully","task":{"id":"%s","status":"stopped"}}""".formatted(path.substring(path.lastIndexOf('/') + 1));
            return new TaskResponse(status, name -> null, body.getBytes(StandardCharsets.UTF_8), false);
        });
    }
}
