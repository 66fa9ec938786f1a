package dev.taskstop.reliability;

import dev.taskstop.StopAllOptions;
import dev.taskstop.TaskDialect;
import dev.taskstop.reliability.FaultyProxy.Fault;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * What a seed stands for: a server with its lies, the way to it, other people, and what is asked of the client. The same
 * seed is the same world; what meets what in it is up to the machine.
 */
final class World {

    /** Whose stops are looked at, and who else stops the same tasks: names in {@code User-Agent}, and their keys. */
    enum Party {
        US,
        OTHERS;

        String agent() {
            return name().toLowerCase(Locale.ROOT);
        }

        String key() {
            return "bb_chaos_" + agent();
        }
    }

    /** What costs time, or a connection with all that is in flight on it. */
    private static final Set<FaultKind> DEAR = Set.of(
            FaultKind.HANG_BEFORE,
            FaultKind.HANG_AFTER,
            FaultKind.LATENCY,
            FaultKind.RATE_LIMITED,
            FaultKind.RATE_LIMITED_BARE,
            FaultKind.OVERSIZED,
            FaultKind.GO_AWAY,
            FaultKind.CLOSED_WINDOW);

    /** What is the same in each world, or told elsewhere. */
    private static final Pattern ALWAYS =
            Pattern.compile("^--(user|seed|saving-for|jitter|ends-in-|oversized-bytes|fault-latency|fault-retry)");

    /** The words for a task that goes on; no word is none, either. */
    private static final Set<String> NO_END =
            Set.of("-", "pending", "processing", "saving", "queued", "running", "in_progress");

    private static final String[] GRANULARITIES = {"1ms", "100ms", "1s"};

    /** Inside the half minute that a result allows for. */
    private static final String[] SKEWS = {"0s", "300ms", "-300ms", "1s", "-1s", "2s", "-2s", "20s", "-20s"};

    /** Some of each kind that {@link #tellOfTasks} tells of. */
    static final int MIN_TASKS = 10;

    /** The tasks are listed in pages of so many before they are stopped, which no lapsed key may prevent. */
    static final int PAGE = 100;

    private static final Duration LATEST = Duration.ofSeconds(30);
    private static final int MAX_MILLIS_TO_KILL = 300;

    final long seed;
    final Way way;
    final boolean v1;
    final int tasks;
    final int inventedIds;

    /** What is told to the server. */
    final List<String> lies = new ArrayList<>();

    /** Of connections. */
    final double shareThatBreaks;

    final List<Fault> faults;
    final boolean kills;
    final Duration killAfter;
    final Duration downFor;

    /** Of the ids. */
    final double shareOfOthers;

    final Duration othersAfter;
    final boolean keyLapses;
    final boolean dryRun;
    final boolean confirm;

    /** Of the whole bulk stop: some are cut off early, and none takes for ever. */
    final Duration deadline;

    final StopAllOptions options;

    private final SplittableRandom random;

    World(long seed, int tasks, double killShare) {
        this.seed = seed;
        this.tasks = tasks;
        random = new SplittableRandom(seed);
        way = oneOf(Way.values());
        v1 = random.nextBoolean();
        inventedIds = 1 + tasks / 50;
        shareThatBreaks = happens(0.25) ? 0 : 0.1 + 0.5 * random.nextDouble();
        kills = happens(killShare);
        killAfter = upTo(MAX_MILLIS_TO_KILL);
        downFor = upTo(MAX_MILLIS_TO_KILL);
        shareOfOthers = happens(0.6) ? 0.25 * random.nextDouble() : 0;
        othersAfter = upTo(200);
        keyLapses = happens(0.1);
        dryRun = happens(0.03);
        deadline = happens(0.15) ? upTo(2_000) : LATEST;
        boolean revives = happens(0.3);
        confirm = !revives && happens(0.25);
        options = options();
        tell("--seed=" + seed, "--ids=" + (v1 ? "uuid" : "nanoid"));
        tell("--user=" + TaskServerOptions.DEFAULT_USER + "=" + TaskServerOptions.DEFAULT_KEY);
        for (Party party : Party.values()) {
            tell("--user=" + TaskServerOptions.DEFAULT_USER + "=" + party.key());
        }
        tell("--latency=" + random.nextInt(10) + "ms");
        tell("--times-granularity=" + oneOf(GRANULARITIES), "--times-skew=" + oneOf(SKEWS));
        tellOfTasks(revives);
        boolean hasSurplus = tellOfRequests();
        faults = hasSurplus ? withoutSplits(way.faults()) : way.faults();
    }

    TaskDialect dialect() {
        return v1 ? TaskDialect.agentV1() : TaskDialect.cloud();
    }

    private StopAllOptions options() {
        return StopAllOptions.defaults()
                .withOrdered(random.nextBoolean())
                .withConfirm(confirm)
                .withDryRun(dryRun)
                .withDeadline(deadline);
    }

    private void tellOfTasks(boolean revives) {
        int ended = 1 + tasks / 50;
        int moving = tasks / 6;
        int running = tasks - 5 * ended - moving;
        tell("--tasks=processing=%d,saving=%d,completed=%d,error=%d,timeout=%d,stopped=%d,interrupted=%d,moving=%d"
                .formatted(running - running / 10, running / 10, ended, ended, ended, ended, ended, moving));
        tell("--pending-for=" + random.nextInt(500) + "ms", "--processing-for=" + (100 + random.nextInt(1_500)) + "ms");
        tell("--saving-for=100ms", "--jitter=0.9", "--ends-in-error=0.2", "--ends-in-timeout=0.2");
        if (happens(0.5)) {
            tell("--overwritten=0.3", "--overwritten-after=" + (1 + random.nextInt(300)) + "ms");
        }
        if (revives) {
            tell("--revived=0.2", "--revived-after=" + (1 + random.nextInt(400)) + "ms");
        }
        if (happens(0.3)) {
            tell("--forbidden=0.05");
        }
        if (keyLapses) {
            tell("--forbidden-after=" + (1 + tasks / PAGE + random.nextInt(2 * tasks)));
        }
    }

    /** Chooses what goes wrong with requests, and tells whether one may get two answers. */
    private boolean tellOfRequests() {
        List<String> rates = new ArrayList<>();
        boolean hasSurplus = false;
        double sum = 0;
        for (FaultKind kind : FaultKind.values()) {
            double rate = DEAR.contains(kind) ? 0.01 * random.nextDouble() : 0.01 + 0.06 * random.nextDouble();
            if (happens(0.35) && sum + rate < 0.6) {
                sum += rate;
                hasSurplus |= kind == FaultKind.SURPLUS;
                rates.add(kind.name().toLowerCase(Locale.ROOT) + "=" + Math.round(rate * 1_000) / 1_000.0);
            }
        }
        if (!rates.isEmpty()) {
            tell("--fault=" + String.join(",", rates));
        }
        tell("--fault-scope=" + oneOf("stop", "stop_and_status"), "--fault-latency=300ms", "--oversized-bytes=100000");
        tell("--retry-after=" + oneOf("reset_at", "none"), "--fault-retry-after=100ms");
        tell("--error-form=" + oneOf("string", "object"));
        tell("--ended-run=" + oneOf("bad_request", "conflict", "ok"));
        tell("--queued-run=" + oneOf("bad_request", "cancelled", "unchanged"));
        return hasSurplus && !way.isHttp2();
    }

    /**
     * A surplus answer that comes after the next request of its connection has been sent is that request's answer, for
     * all that anybody can know. So what comes in one piece is not taken apart.
     */
    private static List<Fault> withoutSplits(List<Fault> faults) {
        return faults.stream().filter(fault -> fault != Fault.DELAY).toList();
    }

    private void tell(String... options) {
        lies.addAll(List.of(options));
    }

    private boolean happens(double share) {
        return random.nextDouble() < share;
    }

    private Duration upTo(int millis) {
        return Duration.ofMillis(1 + random.nextInt(millis));
    }

    @SafeVarargs
    private <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** All that is needed to tell it from another one; who the parties are is always the same. */
    @Override
    public String toString() {
        return "seed %d, %s, %s%s%s%s%s, others %.2f, connections %.2f: %s"
                .formatted(
                        seed,
                        way,
                        v1 ? "agent v1" : "cloud",
                        kills ? ", killed" : "",
                        confirm ? ", confirm" : "",
                        dryRun ? ", dry run" : "",
                        deadline.equals(LATEST) ? "" : ", deadline " + deadline.toMillis() + " ms",
                        shareOfOthers,
                        shareThatBreaks,
                        String.join(
                                " ",
                                lies.stream()
                                        .filter(lie -> !ALWAYS.matcher(lie).find())
                                        .toList()));
    }

    /** The words by which both APIs say that a task has been stopped. */
    static boolean saysStopped(String word) {
        return word.equals("stopped") || word.equals("cancelled");
    }

    /** Whether a word of an answer says that a task has ended. */
    static boolean saysEnded(String word) {
        return !NO_END.contains(word);
    }
}
