package dev.taskstop.reliability;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.reliability.Evidence.Told;
import dev.taskstop.reliability.World.Party;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds each result to what its kind claims (the table of {@link StopResult}), by what the server wrote down. What only
 * the client can know, whether something left that never arrived, is not judged.
 */
final class Oracle {

    private final World world;
    private final Evidence evidence;
    private final Set<String> there;
    private final Set<String> stoppedFromTheStart;

    /**
     * Takes what is known of the tasks.
     *
     * @param there the tasks that there are, from the start to the end
     * @param stoppedFromTheStart those of them that were stopped before anybody asked
     */
    Oracle(World world, Evidence evidence, Set<String> there, Set<String> stoppedFromTheStart) {
        this.world = world;
        this.evidence = evidence;
        this.there = there;
        this.stoppedFromTheStart = stoppedFromTheStart;
    }

    /**
     * Returns what is false about a result; nothing when all of it is true.
     *
     * @param lasted how long its bulk stop took
     */
    List<String> judge(Party party, StopResult result, Duration lasted) {
        Findings findings = new Findings();
        Told told = evidence.of(party, result.taskId());
        switch (result.outcome()) {
            case STOPPED -> judgeStopped(findings, (Stopped) result, told, world.confirm && party == Party.US);
            case ALREADY_ENDED -> judgeEnded(findings, (AlreadyEnded) result, told);
            case NOT_FOUND -> {
                findings.check(told.notFound, "no answer said so");
                findings.check(!there.contains(result.taskId()), "it is there");
            }
            case FAILED -> judgeFailed(findings, party, ((Failed) result).error(), told);
            case SKIPPED -> {
                findings.check(told.stops == 0, "a stop was sent for it");
                judgeReason(findings, party, ((Skipped) result).reason(), lasted);
            }
        }
        return findings.all;
    }

    private void judgeStopped(Findings findings, Stopped stopped, Told told, boolean confirmed) {
        Set<String> said = stopped.recovered() ? told.byStatus : told.byStops;
        findings.check(said.contains(stopped.task().state().raw()), "no answer said that state");
        findings.check(said.stream().anyMatch(World::saysStopped), "no answer said so");
        findings.check(wasStopped(stopped.taskId()), "nobody stopped it");
        findings.check(told.stops <= stopped.attempts(), "it has more requests than attempts");
        findings.check(
                !confirmed || told.notFound || told.byStatus.stream().anyMatch(World::saysEnded),
                "it was not confirmed");
    }

    private static void judgeEnded(Findings findings, AlreadyEnded ended, Told told) {
        String word = ended.state().raw();
        findings.check(World.saysEnded(word), "the state is not an end");
        findings.check(told.byStops.contains(word) || told.byStatus.contains(word), "no answer said so");
        findings.check(ended.perhapsByUs() || told.effects == 0, "a request of this stop ended it");
    }

    private boolean wasStopped(String id) {
        return evidence.effects(id) > 0 || stoppedFromTheStart.contains(id);
    }

    /** Whether the stop was this party's: an answer can say of a task that somebody else stopped that it is stopped. */
    boolean isByWord(Party party, StopResult result) {
        return result instanceof Stopped && evidence.of(party, result.taskId()).effects == 0;
    }

    private void judgeFailed(Findings findings, Party party, TaskException error, Told told) {
        if (error.isOutcomeUnknown()) {
            return;
        }
        findings.check(told.effects == 0, "a request of this stop worked");
        if (error instanceof TaskRequestException unanswered) {
            // Over HTTP/2 a server can say of what it got that it did not process it.
            boolean neverSent =
                    unanswered.reason() != TaskRequestException.Reason.NOT_PROCESSED && !world.way.isHttp2();
            findings.check(!neverSent || told.stops == 0, "a stop was sent for it");
        }
        if (String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT).contains("nothing was sent")) {
            findings.check(told.stops == 0, "a stop was sent for it");
        }
        boolean blamesKey = error instanceof TaskResponseException answer && answer.isAboutKey();
        findings.check(!blamesKey || hasLapsed(party), "the key is good");
    }

    private void judgeReason(Findings findings, Party party, Skipped.Reason reason, Duration lasted) {
        switch (reason) {
            case ABORTED -> findings.check(hasLapsed(party), "the key is good");
            case DEADLINE ->
                findings.check(party == Party.US && lasted.compareTo(world.deadline) >= 0, "its deadline had not come");
            case DRY_RUN -> findings.check(world.dryRun && party == Party.US, "it is no dry run");
            case LIMIT -> findings.check(false, "there is no limit");
            case DUPLICATE -> findings.check(false, "no id was given twice");
        }
    }

    private boolean hasLapsed(Party party) {
        return world.keyLapses && evidence.isRefused(party);
    }

    /** A task that is stopped stays so, unless a message starts it again. */
    @Nullable
    String judgeTask(String id) {
        int effects = evidence.effects(id);
        boolean mayComeBack = world.lies.stream().anyMatch(lie -> lie.startsWith("--revived="));
        return effects > 1 && !mayComeBack ? "was stopped " + effects + " times" : null;
    }

    /** What is false about one result. */
    private static final class Findings {

        private final List<String> all = new ArrayList<>();

        void check(boolean holds, String problem) {
            if (!holds) {
                all.add(problem);
            }
        }
    }
}
