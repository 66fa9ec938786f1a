package dev.taskstop.spring;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the task client. What is not set is as {@link dev.taskstop.TaskClientBuilder} has it.
 *
 * @param apiKey Key of the task API. It is sent to the base address only, and written nowhere.
 * @param baseUrl Address of the task API: https, or http on a loopback address. By default the dialect's public one.
 * @param dialect Form of the API that is spoken.
 * @param concurrency Most requests in flight at once, from 1 to 10,000; over HTTP/1.1 also the number of connections.
 * @param requestsPerMinute Most requests sent in a minute, from 1 to 6,000,000. By default there is no such bound.
 * @param connectTimeout How long it may take to open a connection. A WebClient has, unless it is set, the application's.
 * @param requestTimeout How long one request may take, from the wait for a connection to the end of its answer.
 * @param pollInterval First wait between two questions for the status of a task that is waited for.
 * @param userAgent What requests say of the application in their User-Agent header, for example my-service/2.3.
 * @param transport What carries the requests.
 * @param allowInsecureHttp Whether plain http is allowed to other hosts than this one; the key then travels in the clear.
 * @param http2PriorKnowledge Whether to speak HTTP/2 over plain http from the first byte.
 * @param retry How hard one stop tries.
 * @param ssl Certificates and trust.
 * @param proxy HTTP proxy on the way to the task API.
 * @param sweeps What is stopped again and again while the application runs.
 * @param shutdown What happens to tracked tasks and to sweeps when the application ends.
 * @param health What the health check tells.
 * @param problemDetails What the callers of this application are told when a call of the task API has failed.
 */
@ConfigurationProperties("taskstop")
public record TaskstopProperties(
        @Nullable String apiKey,
        @Nullable URI baseUrl,
        @DefaultValue("cloud") Dialect dialect,
        @Nullable Integer concurrency,
        @Nullable Integer requestsPerMinute,
        @Nullable Duration connectTimeout,
        @Nullable Duration requestTimeout,
        @Nullable Duration pollInterval,
        @Nullable String userAgent,
        @DefaultValue("reactor-netty") Transport transport,
        boolean allowInsecureHttp,
        boolean http2PriorKnowledge,
        @DefaultValue Retry retry,
        @DefaultValue Ssl ssl,
        @DefaultValue Proxy proxy,
        @DefaultValue List<Sweep> sweeps,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Health health,
        @DefaultValue ProblemDetails problemDetails) {

    /** A form of the API. */
    public enum Dialect {
        /** The cloud API, {@code /api/tasks}. */
        CLOUD,
        /** The Agent API v1, {@code /api/v1/tasks}. */
        AGENT_V1
    }

    /** What carries requests. */
    public enum Transport {
        /** The library's own client, with a connection pool of its own. */
        REACTOR_NETTY,
        /** The application's {@code WebClient.Builder}, with its filters and its kind of HTTP client. */
        WEB_CLIENT
    }

    /**
     * How hard one stop tries.
     *
     * @param maxAttempts Most stop requests sent for one task, aside from those answered by a 429 or too early for a pending task.
     * @param minBackoff Wait before the first retry; doubled for each one after it.
     * @param maxBackoff Longest wait between two attempts.
     * @param jitter How much a wait is varied at random, from 0 to 1.
     * @param deadline When one stop begins no further attempt, from its subscription.
     * @param maxPause Longest pause that a server can ask for, by Retry-After or by resetAt in the body.
     * @param budget Most retries that all calls together may spend while a server fails, from 0 to 1,000,000.
     */
    public record Retry(
            @Nullable Integer maxAttempts,
            @DefaultValue("100ms") Duration minBackoff,
            @DefaultValue("5s") Duration maxBackoff,
            @Nullable Double jitter,
            @Nullable Duration deadline,
            @Nullable Duration maxPause,
            @Nullable Integer budget) {}

    /**
     * Certificates and trust.
     *
     * @param bundle Name of the SSL bundle to use, one of spring.ssl.bundle.
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * An HTTP proxy.
     *
     * @param host Host of the proxy. By default there is none.
     * @param port Port of the proxy.
     * @param username User to log in at the proxy with, when it asks for one.
     * @param password Password to log in at the proxy with.
     */
    public record Proxy(
            @Nullable String host,
            @DefaultValue("3128") int port,
            @Nullable String username,
            @Nullable String password) {

        /** Returns host, port and user; never the password. */
        @Override
        public String toString() {
            return "Proxy[host=" + host + ", port=" + port + ", username=" + username + "]";
        }
    }

    /**
     * A sweep: active tasks for which each condition holds are stopped when the application starts, and at each interval
     * again. At least one condition is needed.
     *
     * @param name What the sweep is called in logs, metrics, health and endpoint: letters, digits and hyphens.
     * @param every From the beginning of one round to that of the next, 100ms or longer.
     * @param olderThan Condition: created longer ago than this, 100ms or longer.
     * @param repository Condition: the repository, as an address or as owner/name.
     * @param branch Condition: the branch that the tasks started from.
     * @param agent Condition: the agent.
     * @param model Condition: the model.
     * @param batch Condition: the id of the batch.
     * @param creator Condition: who created the tasks.
     * @param prompt Condition: a part of the prompt, in upper or lower case.
     * @param chat Condition: the id of the chat. The Agent API v1 has chats.
     * @param superseded Condition: not the newest of its repository and branch; in the Agent API v1, of its chat.
     * @param max Most tasks that a round sends a stop, from 0 up. By default there is no such bound.
     * @param deadline How long a round may take. By default there is no such bound.
     * @param dryRun Whether to stop nothing, and only tell what would be stopped.
     * @param reason Why the tasks are stopped, for listeners, observations, summaries and the log.
     */
    public record Sweep(
            @Nullable String name,
            @Nullable Duration every,
            @Nullable Duration olderThan,
            @Nullable String repository,
            @Nullable String branch,
            @Nullable String agent,
            @Nullable String model,
            @Nullable String batch,
            @Nullable String creator,
            @Nullable String prompt,
            @Nullable String chat,
            boolean superseded,
            @Nullable Long max,
            @Nullable Duration deadline,
            boolean dryRun,
            @Nullable String reason) {

        /** Returns name, interval and what bounds the stops; no conditions, which may be personal data. */
        @Override
        public String toString() {
            return "Sweep[name=" + name + ", every=" + every + ", max=" + max + ", deadline=" + deadline + ", dryRun="
                    + dryRun + "]";
        }
    }

    /**
     * What happens to tracked tasks and to sweeps when the application ends.
     *
     * @param stopTracked Whether to stop the tasks that are tracked then.
     * @param grace How long that may take, and so long a round of a sweep that is under way. It is cut to nine tenths of spring.lifecycle.timeout-per-shutdown-phase.
     */
    public record Shutdown(
            @DefaultValue("true") boolean stopTracked,
            @DefaultValue("20s") Duration grace) {}

    /**
     * What the health check tells.
     *
     * @param maxAge How long the last result of a stop counts. What is older says nothing any more.
     */
    public record Health(@DefaultValue("1m") Duration maxAge) {}

    /**
     * What the callers of this application are told when a call of the task API has failed.
     *
     * @param enabled Whether handlers of WebFlux and Spring MVC answer with a problem detail (RFC 9457).
     */
    public record ProblemDetails(boolean enabled) {}

    /** Returns the settings; never the key. */
    @Override
    public String toString() {
        return "TaskstopProperties[baseUrl=" + baseUrl + ", dialect=" + dialect + ", concurrency=" + concurrency
                + ", requestsPerMinute=" + requestsPerMinute + ", connectTimeout=" + connectTimeout
                + ", requestTimeout=" + requestTimeout + ", pollInterval=" + pollInterval
                + ", userAgent=" + userAgent + ", transport=" + transport + ", allowInsecureHttp=" + allowInsecureHttp
                + ", http2PriorKnowledge=" + http2PriorKnowledge + ", retry=" + retry + ", ssl=" + ssl + ", proxy="
                + proxy + ", sweeps=" + sweeps + ", shutdown=" + shutdown + ", health=" + health + ", problemDetails="
                + problemDetails
                + ", apiKey=" + (apiKey == null ? "null" : "******") + "]";
    }
}
