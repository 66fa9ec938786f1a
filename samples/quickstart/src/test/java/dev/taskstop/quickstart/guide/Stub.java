package dev.taskstop.quickstart.guide;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskRequest;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** Stops every task but those that are to fail, and says one status of all: for what takes minutes, in virtual time. */
final class Stub implements TaskTransport {

    final List<String> requests = new CopyOnWriteArrayList<>();
    volatile String failing = "";
    private final String status;

    Stub(String status) {
        this.status = status;
    }

    TaskClient client() {
        return TaskClient.builder().apiKey("bb_test").transport(this).build();
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.fromSupplier(() -> {
            String taskId = Path.of(request.uri().getPath()).getName(2).toString();
            requests.add(request.method() + " " + taskId);
            if (!request.method().equals("PATCH")) {
                return answer(200, "{\"taskId\":\"%s\",\"status\":\"%s\"}".formatted(taskId, status));
            }
            return taskId.equals(failing)
                    ? answer(418, "")
                    : answer(200, "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(taskId));
        });
    }

    private static TaskResponse answer(int status, String body) {
        return new TaskResponse(status, header -> null, body.getBytes(UTF_8), false);
    }
}
