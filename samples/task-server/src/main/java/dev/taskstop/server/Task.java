package dev.taskstop.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task. Its status is computed when somebody asks, from the clock; only a stop and a follow-up are stored. There
 * may be a million of these: whatever most tasks do not need is null.
 */
final class Task {

    static final String STOPPED_BY_USER = "Task was stopped by user";

    private final String id;
    private final User owner;
    private final TaskInput input;
    private final @Nullable String chatId;
    private final boolean keepAlive;
    private final long createdAt;

    private Lifecycle lifecycle;
    private long startedAt;
    private int run;
    private boolean stopped;
    private @Nullable Overwrite overwrite;
    private boolean sandboxLost;
    private int abandonedSandboxes;
    private @Nullable String oldError;
    private @Nullable List<FollowUpMessage> followUps;

    private int stopRequests;
    private int statusRequests;
    private int effectiveRequest;
    private long stoppedAt;

    /** What a worker that was not told of a stop writes over it later. */
    record Overwrite(Status status, long at) {}

    /** @param chatId the chat of which it is a run, or null for a new one */
    Task(
            String id,
            User owner,
            TaskInput input,
            @Nullable String chatId,
            boolean keepAlive,
            Lifecycle lifecycle,
            long now) {
        this.id = id;
        this.chatId = chatId;
        this.owner = owner;
        this.input = input;
        this.keepAlive = keepAlive;
        this.lifecycle = lifecycle;
        this.createdAt = now;
        this.startedAt = now;
    }

    String id() {
        return id;
    }

    User owner() {
        return owner;
    }

    TaskInput input() {
        return input;
    }

    /** The chat of which it is a run. */
    String chatId() {
        return chatId == null ? "chat_" + V1RunBodies.letters("chat/" + id) : chatId;
    }

    /** Tells whether there is something on a branch that a follow-up could go on with. */
    boolean hasBranch(long now) {
        return view(now).hasStarted();
    }

    boolean keepAlive() {
        return keepAlive;
    }

    long createdAt() {
        return createdAt;
    }

    synchronized int run() {
        return run;
    }

    synchronized Status status(long now) {
        if (stopped) {
            return overwrite != null && now >= overwrite.at() ? overwrite.status() : Status.STOPPED;
        }
        return moment(now).status();
    }

    synchronized TaskView view(long now) {
        Lifecycle.Moment moment = moment(stopped ? stoppedAt : now);
        Status status = status(now);
        long since = startedAt + moment.since();
        int progress = moment.progress();
        if (stopped) {
            since = overwrite != null && status == overwrite.status() ? overwrite.at() : stoppedAt;
            progress = status == Status.COMPLETED ? 100 : progress;
        }
        long pendingUntil = startedAt + lifecycle.pendingMillis();
        long updatedAt = status.isActive() ? Math.max(since, LogLine.lastStepAt(startedAt, now)) : since;
        return new TaskView(this, run, status, progress, startedAt, pendingUntil, since, updatedAt, oldError);
    }

    synchronized List<FollowUpMessage> followUps(long now) {
        return followUpsAt(status(now));
    }

    /** Counts a stop request and returns its number, from 1. */
    synchronized int nextStopRequest() {
        return ++stopRequests;
    }

    /** Counts a status request and returns its number, from 1. */
    synchronized int nextStatusRequest() {
        return ++statusRequests;
    }

    /** Stops the task and returns what became of it, or null when it is not in a status that can be stopped. */
    synchronized @Nullable TaskView stop(long now, int request, boolean evenPending, @Nullable Overwrite later) {
        Status status = status(now);
        if (!status.isStoppable() && !(evenPending && status == Status.PENDING)) {
            return null;
        }
        markLastActiveFollowUp();
        restore(now, request, later);
        return view(now);
    }

    /** Makes the task what it was before the server was killed: stopped. */
    synchronized void restore(long at, int request, @Nullable Overwrite later) {
        stopped = true;
        stoppedAt = at;
        stopRequests = Math.max(stopRequests, request);
        effectiveRequest = request;
        overwrite = later;
    }

    /** Takes a follow-up message; a task that has ended starts again with it, and still shows its old error. */
    synchronized void followUp(FollowUpMessage message, Lifecycle next, long now) {
        Status status = status(now);
        followUps = new ArrayList<>(followUpsAt(status));
        if (!status.isActive()) {
            abandonedSandboxes +=
                    leavesSandboxes(status) && stopped ? input.agents().size() : 0;
            sandboxLost = false;
            oldError = view(now).error();
            lifecycle = next;
            startedAt = now;
            stopped = false;
            overwrite = null;
            run++;
        }
        followUps.add(message);
    }

    /** Whoever ends the sandboxes no longer knows of those of this run. */
    synchronized void loseSandboxes() {
        sandboxLost = true;
    }

    synchronized boolean hasLostSandboxes() {
        return sandboxLost;
    }

    /** The sandboxes that go on although the task, or an earlier run of it, has ended. */
    synchronized int sandboxesLeft(long now) {
        return abandonedSandboxes
                + (leavesSandboxes(status(now)) ? input.agents().size() : 0);
    }

    synchronized LedgerEntry ledgerEntry(long now) {
        return new LedgerEntry(
                id, stopRequests, effectiveRequest, Times.orNull(stoppedAt), status(now), sandboxesLeft(now));
    }

    /** A stop ends what it knows of; any other end spares what is kept alive. */
    private boolean leavesSandboxes(Status status) {
        return stopped ? sandboxLost : keepAlive && !status.isActive() && status != Status.STOPPED;
    }

    private Lifecycle.Moment moment(long now) {
        return lifecycle.at(now - startedAt, lifecycle.fixed() == null ? RandomBits.of(0, id, run) : 0);
    }

    /** The messages; what a task worked on when it ended of itself counts as completed. */
    private List<FollowUpMessage> followUpsAt(Status status) {
        if (followUps == null) {
            return List.of();
        }
        return followUps.stream()
                .map(message -> message.isActive() && !status.isActive() ? message.completed() : message)
                .toList();
    }

    private void markLastActiveFollowUp() {
        if (followUps != null && followUps.get(followUps.size() - 1).isActive()) {
            followUps.set(
                    followUps.size() - 1, followUps.get(followUps.size() - 1).stopped());
        }
    }
}
