package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** What is special about an API: its paths, words and bodies. What its requests do is in {@link Operations}. */
sealed interface ServedApi permits ServedCloudApi, ServedV1Api {

    /** The path of all tasks. */
    String path();

    /** The routes of one task by what comes after its id in the path. */
    Map<String, Map<HttpMethod, Route>> routesOfOneTask();

    /** The routes elsewhere, by their whole path. */
    Map<String, Map<HttpMethod, Route>> otherRoutes();

    /** The form of the ids that a task is created with. */
    IdForm idForm();

    /** The HTTP status of the answer to who creates a task, or starts one again. */
    int createdStatus();

    /** The action that stops a task. */
    String stopAction();

    /** Tells whether a task that is still pending can be stopped. */
    boolean stopsPending();

    /** The answer to who asks for a task of somebody else. */
    ApiException somebodyElses();

    /** The answer to a body that is not JSON. */
    ApiException brokenJson();

    /** The body about a task as the answer to a stop shows it: stopped, unless the stop had no effect. */
    Object stopped(TaskView view);

    /** The body about a task that cannot be stopped; throws when the answer is not a 200. */
    Object notStopped(TaskView view);

    /** Does what another body than one that stops the task asks for; throws when there is no such thing. */
    Object otherChange(RequestBodies.Change body, TaskView view);

    /** The body of the status. */
    Object status(TaskView view);

    /** A task as a list shows it. */
    Object item(TaskView view, List<String> sandboxes);

    /** The body about a task with everything that is known about it. */
    Object task(TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs);

    /** Reads what a task is to do, or answers 400. */
    TaskInput input(RequestBodies.Create body);

    /** The body about a task that has just been created. */
    Object created(TaskView view);

    /** Reads a follow-up message, or answers 400. */
    FollowUpMessage followUp(RequestBodies.Continue body, Task task, long now);

    /** Tells whether what follows is a run of its own, with an id of its own. */
    boolean followsUpInNewRun();

    /** The body about a follow-up; {@code next} is the task itself where it goes on under its id. */
    Object followedUp(Task previous, Task next);

    /** Reads which tasks are asked for, or answers 400. */
    Part part(Query query);

    /** The body of a list. */
    Object list(Part part, List<Object> items, boolean hasMore);

    /** Up to {@code limit} tasks that pass a filter, after the first {@code offset} of them. */
    record Part(TaskFilter filter, int offset, int limit) {}
}
