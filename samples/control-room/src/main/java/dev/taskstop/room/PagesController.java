package dev.taskstop.room;

import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The pages, and what keeps the main one up to date. */
@Controller
class PagesController {

    /** What a page hears at the least: when it hears nothing for three times as long it knows that it is cut off. */
    static final Duration HEARTBEAT = Duration.ofSeconds(2);

    /** A browser passes over an event without data. */
    private static final String NOTHING = "-";

    private static final ServerSentEvent<String> ENDED = event("ended", NOTHING);
    private static final ServerSentEvent<String> ELSEWHERE = event("elsewhere", NOTHING);

    private final Room room;
    private final PageUpdates updates;
    private final Streams streams;
    private final TaskPages tasks;
    private final Audit audit;

    PagesController(Room room, PageUpdates updates, Streams streams, TaskPages tasks, Audit audit) {
        this.room = room;
        this.updates = updates;
        this.streams = streams;
        this.tasks = tasks;
        this.audit = audit;
    }

    @ModelAttribute("csrf")
    Mono<CsrfToken> csrf(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    }

    @GetMapping(path = "/login", produces = MediaType.TEXT_HTML_VALUE)
    String login(@RequestParam Map<String, String> parameters, Model model) {
        model.addAttribute("parameters", parameters.keySet());
        return "login";
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    String page(@RequestParam MultiValueMap<String, String> parameters, Principal user, Model model) {
        model.addAttribute("user", user.getName());
        model.addAttribute("filter", Filter.of(parameters));
        return "room";
    }

    @GetMapping(path = "/task", produces = MediaType.TEXT_HTML_VALUE)
    Mono<String> task(@RequestParam String id, Model model) {
        return tasks.of(id).doOnNext(model::addAllAttributes).thenReturn("task");
    }

    @GetMapping(path = "/audit", produces = MediaType.TEXT_HTML_VALUE)
    Mono<String> audit(Model model) {
        return audit.newest()
                .doOnNext(entries -> model.addAttribute("entries", entries))
                .onErrorResume(
                        IOException.class,
                        unreadable -> Mono.fromRunnable(() -> model.addAttribute(
                                "problem", "The audit list cannot be read (" + unreadable.getMessage() + ").")))
                .thenReturn("audit");
    }

    @GetMapping("/audit.jsonl")
    Mono<ResponseEntity<Resource>> auditFile() {
        return Mono.fromCallable(() -> {
                    Resource file = new FileSystemResource(audit.file());
                    return file.isReadable()
                            ? ResponseEntity.ok()
                                    .contentType(MediaType.parseMediaType("application/jsonl"))
                                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\"")
                                    .body(file)
                            : ResponseEntity.notFound().<Resource>build();
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Tells a page that lost its stream whether its session goes on, and gives it a token that is good. */
    @GetMapping(path = "/session", produces = MediaType.TEXT_PLAIN_VALUE)
    Mono<ResponseEntity<String>> session(ServerWebExchange exchange) {
        return csrf(exchange)
                .map(token ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(token.getToken()));
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @ResponseBody
    Flux<ServerSentEvent<String>> events(
            @RequestParam MultiValueMap<String, String> parameters, ServerWebExchange exchange, Principal user) {
        Filter filter = Filter.of(parameters);
        String page = String.valueOf(parameters.getOrDefault(
                Filter.PAGE, List.of(exchange.getRequest().getId())));
        return exchange.getSession()
                .flatMapMany(
                        session -> streams.bound(session.getId(), page, untilEnd(session, stream(filter)), ELSEWHERE))
                .startWith(event("user", user.getName()));
    }

    private Flux<ServerSentEvent<String>> stream(Filter filter) {
        Flux<ServerSentEvent<String>> changes = updates.of(filter).map(html -> event("changes", html));
        Flux<ServerSentEvent<String>> heartbeat =
                Flux.interval(HEARTBEAT).onBackpressureDrop().map(tick -> event("alive", delay(filter)));
        return changes.publish(shared -> Flux.merge(1, shared, heartbeat.takeUntilOther(shared.ignoreElements())), 1);
    }

    private String delay(Filter filter) {
        return room.delay(filter).map(Text::duration).orElse(NOTHING);
    }

    /**
     * A session ends by a log-out anywhere, or by its age; the page is told so, and nothing more. It has another id once
     * somebody has logged in by it anew: then the page asks again, and hears who that is.
     */
    private static Flux<ServerSentEvent<String>> untilEnd(WebSession session, Flux<ServerSentEvent<String>> events) {
        String id = session.getId();
        return events.takeWhile(event -> !session.isExpired() && session.getId().equals(id))
                .concatWith(Mono.fromSupplier(() -> ENDED).filter(ended -> session.isExpired()));
    }

    private static ServerSentEvent<String> event(String name, String data) {
        return ServerSentEvent.builder(data).event(name).build();
    }
}
