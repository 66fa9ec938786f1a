package dev.taskstop.room;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The page, what keeps it up to date, and what its buttons do. */
@Controller
class RoomController {

    /** A browser that is gone without a word is noticed when this cannot be sent. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final int MAX_SELECTED = 1_000;

    private final PageUpdates updates;
    private final Batches batches;

    RoomController(PageUpdates updates, Batches batches) {
        this.updates = updates;
        this.batches = batches;
    }

    @ModelAttribute("csrf")
    Mono<CsrfToken> csrf(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    }

    @GetMapping("/login")
    String login(@RequestParam Map<String, String> parameters, Model model) {
        model.addAttribute("failed", parameters.containsKey("error"));
        model.addAttribute("loggedOut", parameters.containsKey("logout"));
        return "login";
    }

    @GetMapping("/")
    String page(Principal user, Model model) {
        model.addAttribute("user", user.getName());
        model.addAttribute("filter", Filter.of(null, null));
        return "room";
    }

    /** The element that keeps a page up to date; it is asked for again when the filter changes. */
    @GetMapping("/live")
    String live(
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String state,
            Model model) {
        model.addAttribute("filter", Filter.of(text, state));
        return "live";
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @ResponseBody
    Flux<ServerSentEvent<String>> events(
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String state) {
        Flux<ServerSentEvent<String>> changes = updates.of(Filter.of(text, state))
                .map(html -> ServerSentEvent.builder(html).event("changes").build());
        Flux<ServerSentEvent<String>> heartbeat = Flux.interval(HEARTBEAT)
                .onBackpressureDrop()
                .map(tick -> ServerSentEvent.<String>builder().comment("").build());
        return changes.publish(shared -> Flux.merge(1, shared, heartbeat.takeUntilOther(shared.ignoreElements())), 1);
    }

    @PostMapping("/stops")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> stop(ServerWebExchange exchange, Principal user) {
        return exchange.getFormData()
                .map(form -> form.getOrDefault("taskId", List.of()))
                .doOnNext(ids -> {
                    if (ids.isEmpty() || ids.size() > MAX_SELECTED) {
                        throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "1 to " + MAX_SELECTED + " tasks");
                    }
                    batches.stop(List.copyOf(ids), user.getName());
                })
                .then();
    }

    @PostMapping("/stops/active")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> stopAllActive(Principal user) {
        return Mono.fromRunnable(() -> batches.stopAllActive(user.getName()));
    }

    @PostMapping("/batches/{number}/cancel")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> cancel(@PathVariable int number) {
        return Mono.fromRunnable(() -> batches.cancel(number));
    }
}
