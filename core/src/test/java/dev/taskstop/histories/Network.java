package dev.taskstop.histories;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import dev.taskstop.histories.Ledger.Patch;
import dev.taskstop.histories.Ledger.Told;
import dev.taskstop.histories.World.Task;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The way to the server and back, and the server's answers. A request leaves 5 ms after it was made, when it has a
 * connection; it arrives after half of the latency, and its answer after all of it. What can become of it is a
 * {@link Fate}. The first requests for each id have a choice; later ones are carried out and answered, so that each
 * history ends.
 *
 * <p>Not in it: what happens below HTTP (a surplus answer, a GOAWAY, flow control), which the tests on the wire try.
 */
final class Network implements TaskTransport {

    /** So many requests for each id have a choice. */
    private static final int WITH_A_CHOICE = 4;

    private static final String TASKS = "/tasks/";
    private static final long CONNECTED = 5;
    private static final long TIME_OUT = 10_000;
    private static final long LATE = 300;
    private static final Duration TOLERANCE = Duration.ofSeconds(33);

    private final World world;
    private final Choices choices;
    private final Clocks clocks;
    private final Answers answers;
    private int lists;

    Network(World world, Choices choices) {
        this.world = world;
        this.choices = choices;
        this.clocks = world.clocks;
        this.answers = new Answers(world);
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
        private final Fate fate;
        private boolean givenUp;
        private boolean over;

        Exchange(TaskRequest request) {
            this.request = request;
            this.task = about(request.uri().getPath());
            boolean isStop = request.method().equals("PATCH");
            if (task == null) {
                patch = null;
                name = "list " + ++lists;
                fate = lists > WITH_A_CHOICE ? Fate.ORDINARY : choices.of(() -> name + " ", Fate.OF_LISTS);
                return;
            }
            Ledger ledger = task.ledger;
            ledger.requests++;
            ledger.askedInVain = false;
            patch = isStop ? new Patch(clocks.millis()) : null;
            if (patch != null) {
                ledger.patches.add(patch);
            }
            name = isStop
                    ? "stop " + ledger.patches.size() + " of " + task.id
                    : "question " + (ledger.requests - ledger.patches.size()) + " about " + task.id;
            Fate[] fates = isStop ? Fate.OF_STOPS : Fate.OF_QUESTIONS;
            fate = hasChoice() ? choices.of(() -> name + " ", fates) : Fate.ORDINARY;
        }

        /** The task whose id follows {@code /tasks/}; null for a list. */
        private @Nullable Task about(String path) {
            int id = path.indexOf(TASKS);
            return id < 0
                    ? null
                    : world.task(path.substring(id + TASKS.length()).replace("/status", ""));
        }

        private boolean hasChoice() {
            return task != null && task.ledger.requests <= WITH_A_CHOICE;
        }

        Mono<TaskResponse> begin() {
            switch (fate) {
                case THROWS, THROWS_ERROR, NULL -> {
                    told(Told.UNCLEAR);
                    askedInVain();
                    if (fate == Fate.THROWS) {
                        throw new IllegalStateException("a defect of the transport");
                    }
                    if (fate == Fate.THROWS_ERROR) {
                        throw new NoClassDefFoundError("a part of the transport");
                    }
                    return nothing();
                }
                default -> {
                    return Mono.create(this::run);
                }
            }
        }

        @SuppressWarnings({"NullAway", "ReturnsNullWhenNotAllowed"}) // a transport that does what it must not
        private static Mono<TaskResponse> nothing() {
            return null;
        }

        private void run(MonoSink<TaskResponse> sink) {
            sink.onCancel(() -> givenUp = !over);
            long latency = world.settings.latencyMillis;
            if (fate == Fate.NOT_SENT) {
                clocks.after(CONNECTED, () -> {
                    told(Told.NOT_SENT);
                    askedInVain();
                    fail(sink, TaskRequestException.notSent(request, new ConnectException("refused")));
                });
                return;
            }
            clocks.after(CONNECTED, () -> {
                if (givenUp) {
                    return;
                }
                request.markSent();
                if (patch != null) {
                    patch.leftAt = clocks.millis();
                }
                clocks.after(latency / 2 - CONNECTED, () -> arrive(sink, latency - latency / 2));
            });
        }

        private void arrive(MonoSink<TaskResponse> sink, long back) {
            if (hasChoice() && task != null) {
                world.meanwhile(task, name, choices);
            }
            switch (fate) {
                case LOST, NOT_PROCESSED -> {}
                case LATE -> clocks.after(LATE, this::carryOut);
                case FAILS_BEFORE, SLOW_DOWN, LONG_PAUSE, SHOWS_ACTIVE, SHOWS_OTHER, REDIRECT -> {}
                case FORBIDDEN -> {
                    if (task != null) {
                        task.foreign = true;
                    }
                }
                case KEY_FORBIDDEN -> refuseKey(403);
                case KEY_REFUSED -> refuseKey(401);
                case UNPAID -> refuseKey(402);
                case SHOWS_COMPLETED -> {
                    if (task != null && task.state == State.PROCESSING) {
                        task.become(State.COMPLETED, clocks.millis());
                    }
                }
                default -> {
                    if (fate != Fate.ORDINARY) {
                        carryOut();
                    }
                }
            }
            Runnable answer = answer(sink);
            clocks.after(fate == Fate.TIMED_OUT ? TIME_OUT : back, () -> {
                over = true;
                if (!givenUp) {
                    answer.run();
                }
            });
        }

        private void refuseKey(int status) {
            if (world.keyRefusedWith == 0) {
                world.keyRefusedWith = status;
            }
        }

        private void carryOut() {
            if (task != null && patch != null) {
                world.carryOut(task, patch);
            }
        }

        /** Makes the answer as the world is now; what it gives hands it over. */
        private Runnable answer(MonoSink<TaskResponse> sink) {
            String id = task == null ? "" : task.id;
            return switch (fate) {
                case LOST, LATE, ANSWER_LOST, TIMED_OUT ->
                    lost(sink, TaskRequestException.noAnswer(request, new IOException("reset")));
                case ERROR -> lost(sink, new NoClassDefFoundError("a part of the transport"));
                case EMPTY -> puzzling(sink, null);
                case NULL_BODY -> puzzling(sink, answers.withoutBody());
                case FAILS_BEFORE, FAILS_AFTER -> puzzling(sink, answers.answer(500, Answers.NO_BODY));
                case ODD_STATUS -> puzzling(sink, answers.answer(799, ""));
                case UNREADABLE -> puzzling(sink, answers.answer(200, Answers.HTML));
                case SHOWS_ACTIVE, SHOWS_ACTIVE_AFTER -> puzzling(sink, answers.stop(id, word(State.PROCESSING)));
                case SHOWS_STRANGE -> puzzling(sink, answers.stop(id, "archived"));
                case SHOWS_OTHER, SHOWS_OTHER_AFTER ->
                    puzzling(
                            sink,
                            patch == null
                                    ? answers.status("t9", State.STOPPED, null)
                                    : answers.stop("t9", word(State.STOPPED)));
                case NOT_PROCESSED ->
                    () -> {
                        told(Told.NOT_SENT);
                        fail(sink, TaskRequestException.notProcessed(request, new IOException("REFUSED_STREAM")));
                    };
                case SLOW_DOWN -> slowDown(sink, 1);
                case LONG_PAUSE -> slowDown(sink, 60);
                case REDIRECT -> refusal(sink, 302);
                case SHOWS_COMPLETED -> showsEnd(sink);
                default -> honest(sink);
            };
        }

        private String word(State state) {
            return state.word(world.settings.v1);
        }

        private Runnable lost(MonoSink<TaskResponse> sink, Throwable failure) {
            return () -> {
                unknown();
                fail(sink, failure);
            };
        }

        private Runnable puzzling(MonoSink<TaskResponse> sink, @Nullable TaskResponse response) {
            return () -> {
                unknown();
                sink.success(response);
            };
        }

        private Runnable slowDown(MonoSink<TaskResponse> sink, int seconds) {
            return () -> {
                told(Told.REFUSED);
                askedInVain();
                world.pausedUntil = Math.max(world.pausedUntil, clocks.millis() + seconds * 1_000L);
                sink.success(answers.slowDown(seconds));
            };
        }

        private Runnable refusal(MonoSink<TaskResponse> sink, int status) {
            boolean isAboutKey = status == world.keyRefusedWith;
            TaskResponse response = answers.answer(status, Answers.NO_BODY);
            return () -> {
                told(Told.REFUSED);
                if (isAboutKey) {
                    world.tellKeyRefused(status != 403 || task == null);
                }
                if (status == 404 && task != null) {
                    task.ledger.saidNotFound = true;
                } else if (status != 400) {
                    askedInVain();
                }
                sink.success(response);
            };
        }

        private Runnable showsEnd(MonoSink<TaskResponse> sink) {
            Task about = task;
            if (about == null || !about.state.isEnded() || about.state == State.STOPPED) {
                return honest(sink);
            }
            State end = about.state;
            TaskResponse response = answers.stop(about.id, word(end));
            return () -> {
                told(Told.REFUSED);
                about.ledger.saidEnded.add(end);
                sink.success(response);
            };
        }

        private Runnable honest(MonoSink<TaskResponse> sink) {
            Task about = task;
            if (world.keyRefusedWith != 0) {
                return refusal(sink, world.keyRefusedWith);
            } else if (about == null) {
                TaskResponse response = answers.answer(200, Answers.EMPTY_LIST);
                return () -> sink.success(response);
            } else if (!about.exists) {
                return refusal(sink, 404);
            } else if (about.foreign) {
                return refusal(sink, 403);
            } else if (patch == null) {
                return status(sink, about);
            } else if (!world.carryOut(about, patch)) {
                return refusal(sink, 400);
            }
            TaskResponse response = answers.stop(about.id, word(State.STOPPED));
            return () -> {
                told(Told.STOPPED);
                about.ledger.saidStopped = true;
                sink.success(response);
            };
        }

        private Runnable status(MonoSink<TaskResponse> sink, Task about) {
            State shown = fate == Fate.STALE ? about.before : about.state;
            Instant completedAt = shown.isEnded() ? world.completedAt(about) : null;
            TaskResponse response = answers.status(about.id, shown, completedAt);
            Instant date = world.date();
            return () -> {
                Ledger ledger = about.ledger;
                ledger.lastSeen = new Ledger.Seen(shown, isBeyondDoubt(ledger, completedAt, date));
                if (shown.isEnded()) {
                    ledger.saidEnded.add(shown);
                }
                ledger.askedInVain = shown != about.state;
                sink.success(response);
            };
        }

        /** Whether the server's clocks say that it ended before our first request, by more than they can be apart. */
        private boolean isBeyondDoubt(Ledger ledger, @Nullable Instant completedAt, Instant date) {
            if (completedAt == null
                    || ledger.patches.isEmpty()
                    || world.settings.clocks == Settings.ServerClocks.NO_DATE) {
                return false;
            }
            long since = clocks.millis() - ledger.patches.get(0).calledAt;
            return completedAt.isBefore(date.minusMillis(since).minus(TOLERANCE));
        }

        private void told(Told told) {
            if (patch != null) {
                patch.told = told;
            }
        }

        private void unknown() {
            told(Told.UNKNOWN);
            askedInVain();
        }

        private void askedInVain() {
            if (task != null && patch == null) {
                task.ledger.askedInVain = true;
            }
        }

        private void fail(MonoSink<TaskResponse> sink, Throwable failure) {
            over = true;
            sink.error(failure);
        }
    }
}
