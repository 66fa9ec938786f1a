package dev.taskstop.histories;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import dev.taskstop.histories.Ledger.Patch;
import dev.taskstop.histories.Ledger.Told;
import dev.taskstop.histories.Server.Reply;
import dev.taskstop.histories.World.Task;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The way to the server and back. A request leaves 5 ms after it was made, when it has a connection; it arrives after
 * half of the latency, and its answer after all of it. What can become of it is a {@link Fate}. The first requests for
 * each id have a choice; later ones are carried out and answered, so that each history ends.
 *
 * <p>Not in it: what happens below HTTP (a surplus answer, a GOAWAY, flow control), which the tests on the wire try.
 */
final class Network implements TaskTransport {

    /** So many requests for each id have a choice, and so many lists. */
    private static final int WITH_A_CHOICE = 4;

    private static final String TASKS = "/tasks/";
    private static final long CONNECTED = 5;
    private static final long TIME_OUT = 10_000;

    private final World world;
    private final Choices choices;
    private final Clocks clocks;
    private final Server server;
    private int lists;

    Network(World world, Choices choices) {
        this.world = world;
        this.choices = choices;
        this.clocks = world.clocks;
        this.server = new Server(world);
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return new Exchange(request).begin();
    }

    @Override
    public boolean marksSent() {
        return true;
    }

    /** One request and what comes of it. */
    private final class Exchange {

        private final TaskRequest request;
        private final @Nullable Task task;
        private final @Nullable Patch patch;
        private final String name;
        private final boolean hasChoice;
        private final Fate fate;
        private boolean givenUp;
        private boolean over;

        Exchange(TaskRequest request) {
            this.request = request;
            this.task = about(request.uri().getPath());
            if (task == null) {
                patch = null;
                name = "list " + ++lists;
                hasChoice = lists <= WITH_A_CHOICE;
                fate = hasChoice ? choices.of(() -> name + " ", Fate.OF_LISTS) : Fate.ORDINARY;
                return;
            }
            Ledger ledger = task.ledger;
            boolean isStop = request.method().equals("PATCH");
            patch = isStop ? ledger.stop(clocks.millis()) : null;
            ledger.requests++;
            ledger.askedInVain = false;
            name = isStop
                    ? "stop " + ledger.patches.size() + " of " + task.id
                    : "question " + (ledger.requests - ledger.patches.size()) + " about " + task.id;
            hasChoice = ledger.requests <= WITH_A_CHOICE;
            Fate[] fates = isStop ? Fate.OF_STOPS : Fate.OF_QUESTIONS;
            fate = hasChoice ? choices.of(() -> name + " ", fates) : Fate.ORDINARY;
        }

        /** The task whose id follows {@code /tasks/}; null for a list. */
        private @Nullable Task about(String path) {
            int id = path.indexOf(TASKS);
            return id < 0
                    ? null
                    : world.task(path.substring(id + TASKS.length()).replace("/status", ""));
        }

        Mono<TaskResponse> begin() {
            if (fate == Fate.THROWS || fate == Fate.THROWS_ERROR || fate == Fate.NULL) {
                note(Told.UNCLEAR, true);
            }
            return switch (fate) {
                case THROWS -> throw new IllegalStateException("a defect of the transport");
                case THROWS_ERROR -> throw new NoClassDefFoundError("a part of the transport");
                case NULL -> nothing();
                default -> Mono.create(this::run);
            };
        }

        @SuppressWarnings("NullAway") // what no transport may give
        private static Mono<TaskResponse> nothing() {
            return null;
        }

        private void run(MonoSink<TaskResponse> sink) {
            sink.onCancel(() -> givenUp = !over);
            clocks.after(CONNECTED, () -> {
                if (givenUp) {
                    return;
                }
                if (fate == Fate.NOT_SENT) {
                    deliver(
                            sink,
                            Reply.failure(
                                    Told.NOT_SENT,
                                    TaskRequestException.notSent(request, new ConnectException("refused"))));
                } else {
                    leave(sink);
                }
            });
        }

        private void leave(MonoSink<TaskResponse> sink) {
            request.markSent();
            if (patch != null) {
                patch.leftAt = clocks.millis();
            }
            long latency = world.settings.latencyMillis;
            clocks.after(latency / 2 - CONNECTED, () -> {
                if (hasChoice && task != null) {
                    world.meanwhile(task, name, choices);
                }
                Reply reply = server.take(request, task, patch, fate);
                clocks.after(fate == Fate.TIMED_OUT ? TIME_OUT : latency / 2, () -> deliver(sink, reply));
            });
        }

        private void deliver(MonoSink<TaskResponse> sink, Reply reply) {
            over = true;
            if (givenUp) {
                return;
            }
            note(reply.told(), reply.inVain());
            reply.whenHeard().run();
            Throwable failure = reply.failure();
            if (failure == null) {
                sink.success(reply.response());
            } else {
                sink.error(failure);
            }
        }

        private void note(Told told, boolean inVain) {
            if (patch != null) {
                patch.told = told;
            } else if (task != null) {
                task.ledger.askedInVain = inVain;
            }
        }
    }
}
