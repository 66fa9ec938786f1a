package dev.taskstop.room;

import dev.taskstop.TaskException;
import dev.taskstop.room.Plans.Plan;
import dev.taskstop.room.Plans.TooManyException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What the page's buttons do. An answer is for the person who pressed one: empty, or a sentence on what went wrong. */
@Controller
@ResponseBody
class RoomController {

    private static final int MAX_SELECTED = 1_000;
    private static final int MAX_REASON = 500;

    private final Room room;
    private final Batches batches;
    private final Plans plans;

    RoomController(Room room, Batches batches, Plans plans) {
        this.room = room;
        this.batches = batches;
        this.plans = plans;
    }

    @PostMapping("/stops")
    Mono<ResponseEntity<String>> stop(ServerWebExchange exchange, Principal user) {
        return exchange.getFormData().map(form -> {
            List<String> ids = form.getOrDefault("taskId", List.of());
            if (ids.isEmpty()) {
                return answer(HttpStatus.BAD_REQUEST, "Nothing was stopped: none of them is in the list any more.");
            }
            if (ids.size() > MAX_SELECTED) {
                return answer(
                        HttpStatus.BAD_REQUEST,
                        "Nothing was stopped: these are more than " + Text.tasks(MAX_SELECTED) + ".");
            }
            return begin(Order.picked(ids.stream().map(room::find).toList(), reason(form)), user);
        });
    }

    /** What would be stopped by the next one: the page asks a person whether that is what is meant. */
    @GetMapping(path = "/plans", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, Object>> plan(@RequestParam MultiValueMap<String, String> parameters, Principal user) {
        Filter filter = Filter.of(parameters);
        return plans.make(filter, user.getName()).map(RoomController::describe);
    }

    private static Map<String, Object> describe(Plan plan) {
        int count = plan.tasks().size();
        String which = plan.filter().isEmpty() ? "active " : "";
        String matching = plan.filter().isEmpty() ? "" : count == 1 ? " that matches" : " that match";
        String question = "Stop all " + Text.number(count) + " " + which + (count == 1 ? "task" : "tasks") + matching;
        String selector =
                plan.filter().isEmpty() ? "" : "Selected: " + plan.filter().sentence() + ".";
        return Map.of("id", plan.id(), "count", count, "question", question + "?", "selector", selector);
    }

    @PostMapping("/stops/active")
    Mono<ResponseEntity<String>> stopAll(ServerWebExchange exchange, Principal user) {
        return exchange.getFormData()
                .map(form -> Optional.ofNullable(form.getFirst("plan"))
                        .flatMap(id -> plans.take(id, user.getName()))
                        .map(plan -> begin(Order.matching(plan.tasks(), plan.filter(), reason(form)), user))
                        .orElseGet(() -> answer(
                                HttpStatus.CONFLICT,
                                "Nothing was stopped: what was agreed to is out of date. Ask again.")));
    }

    @PostMapping("/batches/{number}/cancel")
    ResponseEntity<String> cancel(@PathVariable int number, Principal user) {
        batches.cancel(number, user.getName());
        return ResponseEntity.noContent().build();
    }

    @PostMapping("/failures/dismiss")
    Mono<ResponseEntity<String>> dismiss(ServerWebExchange exchange, Principal user) {
        return exchange.getFormData().map(form -> {
            batches.dismiss(form.getOrDefault("taskId", List.of()), user.getName());
            return ResponseEntity.noContent().build();
        });
    }

    @ExceptionHandler
    ResponseEntity<String> tooMany(TooManyException problem) {
        return answer(HttpStatus.CONFLICT, String.valueOf(problem.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<String> listUnreadable(TaskException problem) {
        return answer(HttpStatus.BAD_GATEWAY, "The list of tasks cannot be read: " + problem.getMessage() + ".");
    }

    @ExceptionHandler
    ResponseEntity<String> notTold(UnsupportedOperationException problem) {
        return answer(HttpStatus.BAD_REQUEST, "Nothing was stopped: " + problem.getMessage() + ".");
    }

    private ResponseEntity<String> begin(Order order, Principal user) {
        return batches.stop(order, user.getName())
                ? ResponseEntity.noContent().build()
                : answer(HttpStatus.CONFLICT, "Nothing new to stop: it is being stopped already.");
    }

    private static String reason(MultiValueMap<String, String> form) {
        String reason = form.getFirst("reason");
        return reason == null ? "" : Text.cut(Text.plain(reason).strip(), MAX_REASON);
    }

    private static ResponseEntity<String> answer(HttpStatus status, String sentence) {
        return ResponseEntity.status(status).contentType(MediaType.TEXT_PLAIN).body(sentence);
    }
}
