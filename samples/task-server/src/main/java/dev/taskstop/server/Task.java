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
    private final TaskInput details;
    private final long createdAt;

    private Lifecycle lifecycle;
    private long startedAt;
    private int run;
    private boolean stopped;
    private @Nullable List<FollowUpMessage> followUps;

    private int stopRequests;
    private int statusRequests;
    private int effectiveRequest;
    private long stoppedAt;

    Task(String id, User owner, TaskInput details, Lifecycle lifecycle, long now) {
        this.id = id;
        this.owner = owner;
        this.details = details;
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

    TaskInput details() {
        return details;
    }

    long createdAt() {
        return createdAt;
    }

    synchronized int run() {
        return run;
    }

    synchronized Status status(long now) {
        return stopped ? Status.STOPPED : moment(now).status();
    }

    synchronized TaskView view(long now) {
        Lifecycle.Moment moment = moment(stopped ? stoppedAt : now);
        Status status = stopped ? Status.STOPPED : moment.status();
        long since = stopped ? stoppedAt : startedAt + moment.since();
        return new TaskView(this, status, moment.progress(), startedAt, startedAt + lifecycle.pendingMillis(), since);
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
    synchronized @Nullable TaskView stop(long now, int request) {
        if (!status(now).isStoppable()) {
            return null;
        }
        markLastActiveFollowUp();
        stopped = true;
        stoppedAt = now;
        effectiveRequest = request;
        return view(now);
    }

    /** Makes the task what it was before the server was killed: stopped. */
    synchronized void restore(long at, int request) {
        stopped = true;
        stoppedAt = at;
        effectiveRequest = request;
    }

    /** Takes a follow-up message; a task that has ended starts again with it. */
    synchronized void followUp(String prompt, Lifecycle next, long now) {
        Status status = status(now);
        followUps = new ArrayList<>(followUpsAt(status));
        if (!status.isActive()) {
            lifecycle = next;
            startedAt = now;
            stopped = false;
            run++;
        }
        followUps.add(new FollowUpMessage(prompt, now));
    }

    synchronized LedgerEntry ledgerEntry(long now) {
        return new LedgerEntry(id, stopRequests, effectiveRequest, Times.orNull(stoppedAt), status(now));
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
