package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Lets requests go wrong: decides which, and does what the fault says around the real work. */
final class FaultInjector {

    private static final byte[] HTML =
            "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>\n".getBytes(StandardCharsets.UTF_8);

    private final Faults faults;
    private final long seed;
    private final Duration retryAfter;
    private final Errors errors;
    private final Ledger ledger;
    private final byte[] padding;
    private final Map<Route, Integer> numbers = new ConcurrentHashMap<>();

    FaultInjector(TaskServerOptions options, Errors errors, Ledger ledger) {
        this.faults = options.faults;
        this.seed = options.seed;
        this.retryAfter = options.retryAfter;
        this.errors = errors;
        this.ledger = ledger;
        boolean oversized = faults.rates().getOrDefault(FaultKind.OVERSIZED, 0.0) > 0;
        this.padding = new byte[oversized ? faults.oversizedBytes() : 0];
        Arrays.fill(padding, (byte) ' ');
    }

    /** Answers a stop request. */
    Mono<ServerAnswer> stop(Task task, int number, Supplier<ServerAnswer.Body> work) {
        return around(faults.affects(Route.STOP) ? faults.choose(seed, task.id(), number) : null, work);
    }

    /** Answers a status request. */
    Mono<ServerAnswer> status(Task task, Supplier<ServerAnswer.Body> work) {
        if (!faults.affects(Route.STATUS)) {
            return around(null, work);
        }
        return around(faults.choose(seed, "status/" + task.id(), task.nextStatusRequest()), work);
    }

    /** Answers a request of another route. */
    Mono<ServerAnswer> other(Route route, Supplier<ServerAnswer.Body> work) {
        if (!faults.affects(route)) {
            return around(null, work);
        }
        return around(faults.choose(seed, route.name(), numbers.merge(route, 1, Integer::sum)), work);
    }

    private Mono<ServerAnswer> around(@Nullable FaultKind fault, Supplier<ServerAnswer.Body> work) {
        if (fault == null) {
            return Mono.fromSupplier(work);
        }
        ledger.injected(fault);
        return switch (fault) {
            case ERROR_BEFORE -> Mono.just(serverError());
            case ERROR_AFTER -> after(work, answer -> serverError());
            case CUT_BEFORE -> Mono.just(new ServerAnswer.Cut());
            case CUT_AFTER -> after(work, answer -> new ServerAnswer.Cut());
            case HANG_BEFORE -> Mono.just(new ServerAnswer.Hang());
            case HANG_AFTER -> after(work, answer -> new ServerAnswer.Hang());
            case LATENCY -> Mono.delay(faults.latency()).map(tick -> work.get());
            case RATE_LIMITED -> Mono.just(errors.rateLimited(retryAfter.toMillis()));
            case RATE_LIMITED_BARE -> Mono.just(errors.rateLimited());
            case HTML_BEFORE -> Mono.just(html(502));
            case HTML_AFTER -> after(work, answer -> html(answer.status()));
            case OVERSIZED -> after(work, this::oversized);
            case GO_AWAY -> after(work, ServerAnswer.Last::new);
        };
    }

    private Mono<ServerAnswer> after(
            Supplier<ServerAnswer.Body> work, Function<ServerAnswer.Body, ServerAnswer> change) {
        return Mono.fromSupplier(work)
                .onErrorResume(ApiException.class, e -> Mono.just(errors.body(e)))
                .map(change);
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
