package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Lets requests go wrong: decides which, and does what the fault says around the real work. */
final class FaultInjector {

    private static final byte[] HTML =
            "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>\n".getBytes(StandardCharsets.UTF_8);
    private static final int[] SURPLUS = {200, 400, 401, 404};

    private final Faults faults;
    private final long seed;
    private final long retryAfterMillis;
    private final Errors errors;
    private final Ledger ledger;
    private final byte[] padding;
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    /**
     * What a request does when nothing goes wrong.
     *
     * @param subject what it is about, and with its number what its fault is a function of
     * @param effect does it, and answers
     * @param shown answers in the same form, and does nothing
     */
    private record Work(
            String subject, int number, Supplier<ServerAnswer.Body> effect, Supplier<ServerAnswer.Body> shown) {}

    FaultInjector(TaskServerOptions options, Errors errors, Ledger ledger) {
        this.faults = options.faults;
        this.seed = options.seed;
        this.retryAfterMillis = options.retryAfter.toMillis();
        this.errors = errors;
        this.ledger = ledger;
        boolean oversized = faults.rates().getOrDefault(FaultKind.OVERSIZED, 0.0) > 0;
        this.padding = new byte[oversized ? faults.oversizedBytes() : 0];
        Arrays.fill(padding, (byte) ' ');
    }

    /** Answers a stop request; {@code shown} is what a stop without an effect would be answered with. */
    Mono<ServerAnswer> stop(
            Task task, int number, Supplier<ServerAnswer.Body> shown, Supplier<ServerAnswer.Body> effect) {
        return around(Route.STOP, new Work(task.id(), number, effect, shown));
    }

    /** Answers a status request. */
    Mono<ServerAnswer> status(Task task, Supplier<ServerAnswer.Body> work) {
        int number = faults.affects(Route.STATUS) ? task.nextStatusRequest() : 0;
        return around(Route.STATUS, new Work("status/" + task.id(), number, work, work));
    }

    /** Answers a request of another route about a task. */
    Mono<ServerAnswer> other(Route route, Task task, Supplier<ServerAnswer.Body> work) {
        return numbered(route, route.name() + "/" + task.id(), work);
    }

    /** Answers a request of another route that is about no task. */
    Mono<ServerAnswer> other(Route route, Supplier<ServerAnswer.Body> work) {
        return numbered(route, route.name(), work);
    }

    private Mono<ServerAnswer> numbered(Route route, String subject, Supplier<ServerAnswer.Body> work) {
        int number = faults.affects(route) ? numbers.merge(subject, 1, Integer::sum) : 0;
        return around(route, new Work(subject, number, work, work));
    }

    private Mono<ServerAnswer> around(Route route, Work work) {
        FaultKind fault = faults.affects(route) ? faults.choose(seed, work.subject(), work.number()) : null;
        if (fault == null) {
            return Mono.fromSupplier(work.effect());
        }
        ledger.injected(fault);
        return switch (fault) {
            case ERROR_BEFORE -> Mono.just(serverError());
            case ERROR_AFTER -> after(work, answer -> serverError());
            case CUT_BEFORE -> Mono.just(new ServerAnswer.Cut());
            case CUT_AFTER -> after(work, answer -> new ServerAnswer.Cut());
            case HANG_BEFORE -> Mono.just(new ServerAnswer.Hang());
            case HANG_AFTER -> after(work, answer -> new ServerAnswer.Hang());
            case LATENCY -> after(work, answer -> answer).delayElement(faults.latency());
            case RATE_LIMITED -> Mono.just(errors.rateLimited(retryAfterMillis));
            case RATE_LIMITED_BARE -> Mono.just(errors.rateLimited());
            case HTML_BEFORE -> Mono.just(html(502));
            case HTML_AFTER -> after(work, answer -> html(answer.status()));
            case OVERSIZED -> after(work, this::oversized);
            case OK_BEFORE -> Mono.fromSupplier(work.shown());
            case OK_AFTER -> shownBefore(work);
            case REFUSED_STREAM -> Mono.just(new ServerAnswer.Refused());
            case GO_AWAY, GO_AWAY_OPEN, SURPLUS, INTERIM, CLOSED_WINDOW, CLOSED_CONNECTION_WINDOW ->
                after(work, answer -> new ServerAnswer.OnWire(fault, answer, surplus(work, answer)));
        };
    }

    private Mono<ServerAnswer> after(Work work, Function<ServerAnswer.Body, ServerAnswer> change) {
        return Mono.fromSupplier(work.effect())
                .onErrorResume(ApiException.class, e -> Mono.just(errors.body(e)))
                .map(change);
    }

    private Mono<ServerAnswer> shownBefore(Work work) {
        return Mono.defer(() -> {
            ServerAnswer.Body before = work.shown().get();
            return after(work, answer -> answer.status() == 200 ? before : answer);
        });
    }

    /** The answer that comes behind another one: as if it were that to the same request, or one that says no. */
    private ServerAnswer.Body surplus(Work work, ServerAnswer.Body answer) {
        int status = faults.surplusStatus();
        if (status == 0) {
            long bits = RandomBits.of(seed, "surplus/" + work.subject(), work.number());
            status = SURPLUS[(int) (bits & 3)];
        }
        return status == answer.status() ? answer : errors.body(status, "Nobody asked");
    }

    private ServerAnswer.Body serverError() {
        return errors.body(500, "Failed to stop task");
    }

    private ServerAnswer.Body html(int status) {
        return new ServerAnswer.Body(status, "text/html; charset=utf-8", Map.of(), Unpooled.wrappedBuffer(HTML));
    }

    private ServerAnswer oversized(ServerAnswer.Body answer) {
        int missing = Math.max(0, padding.length - answer.content().readableBytes());
        return new ServerAnswer.Body(
                answer.status(),
                answer.contentType(),
                answer.headers(),
                Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(padding, 0, missing), answer.content()));
    }
}
