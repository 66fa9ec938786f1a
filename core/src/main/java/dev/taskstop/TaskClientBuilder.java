package dev.taskstop;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** Builds a {@link TaskClient}. Only the key has no default. */
public final class TaskClientBuilder {

    private static final String KEY_VARIABLE = "BLACKBOX_API_KEY";
    private static final String URL_VARIABLE = "BLACKBOX_BASE_URL";
    private static final int MAX_CONCURRENCY = 10_000;
    private static final int MAX_REQUESTS_PER_MINUTE = 6_000_000;

    private @Nullable ApiKey apiKey;
    private @Nullable URI baseUrl;
    private TaskDialect dialect;
    private int concurrency = 64;
    private int requestsPerMinute = Gate.NO_RATE;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private StopRetry retry = StopRetry.defaults();
    private Duration pollInterval = Duration.ofSeconds(1);
    private UnaryOperator<HttpClient> httpClient = UnaryOperator.identity();
    private @Nullable TaskTransport transport;
    private Scheduler scheduler = new GuardedScheduler(Schedulers.parallel());
    private @Nullable ObservationRegistry observationRegistry;
    private @Nullable StopObservationConvention stopConvention;
    private @Nullable RequestObservationConvention requestConvention;
    private StopListener stopListener;
    private @Nullable String userAgent;
    private boolean insecureHttpAllowed;
    private boolean http2PriorKnowledge;

    TaskClientBuilder() {
        Libraries.requireForAll();
        dialect = TaskDialect.cloud();
        stopListener = GuardedListener.NONE;
    }

    static TaskClientBuilder fromEnv(Map<String, String> environment) {
        TaskClientBuilder builder = new TaskClientBuilder();
        String key = environment.get(KEY_VARIABLE);
        if (key != null && !key.isEmpty()) {
            builder.apiKey(key);
        }
        String url = environment.get(URL_VARIABLE);
        if (url != null && !url.isEmpty()) {
            try {
                builder.baseUrl(URI.create(url));
            } catch (IllegalArgumentException e) {
                // Without its cause, which would quote an address that may hold a password.
                throw new IllegalArgumentException(
                        URL_VARIABLE + " takes an absolute https address, for example https://cloud.blackbox.ai");
            }
        }
        return builder;
    }

    /**
     * Sets the key. It is sent to the base address only, and written nowhere.
     *
     * @param apiKey the key
     * @return this builder
     * @throws IllegalArgumentException when no header can hold the key
     */
    public TaskClientBuilder apiKey(String apiKey) {
        this.apiKey = ApiKey.of(requireNonNull(apiKey, "apiKey"));
        return this;
    }

    /**
     * Sets where keys come from that change. The source is asked for a key when the first is needed, and for another
     * when the server refuses the one in use (401): once, however many calls were refused together; these are then
     * tried again with the new key, and only fail when it is refused too. A source that fails, or has no other key,
     * leaves the refusal standing. It is waited for no longer than a {@linkplain #requestTimeout request} may take; a call
     * for which there is no key then fails as {@link TaskRequestException.Reason#NO_KEY}.
     *
     * @param apiKey gives a cold {@link Mono} of one key; called on the threads of the HTTP client, must not block
     * @return this builder
     */
    public TaskClientBuilder apiKey(Supplier<Mono<String>> apiKey) {
        this.apiKey = ApiKey.from(requireNonNull(apiKey, "apiKey"));
        return this;
    }

    /**
     * Sets where the API is; the default is the dialect's public address.
     *
     * @param baseUrl an https address; http is taken for a loopback address, or with {@link #allowInsecureHttp}
     * @return this builder
     */
    public TaskClientBuilder baseUrl(URI baseUrl) {
        this.baseUrl = requireNonNull(baseUrl, "baseUrl");
        return this;
    }

    /**
     * Sets which form of the API is spoken; the default is {@link TaskDialect#cloud()}.
     *
     * @param dialect the dialect
     * @return this builder
     */
    public TaskClientBuilder dialect(TaskDialect dialect) {
        this.dialect = requireNonNull(dialect, "dialect");
        return this;
    }

    /**
     * Sets how many requests the client has in flight at once, over all its calls, at the most; the default is 64.
     * While the server shows that it has too much to do there are fewer, down to one: see {@link GateState#limit}.
     * Over HTTP/1.1 it is also the number of connections.
     *
     * @param concurrency from 1 to 10,000
     * @return this builder
     */
    public TaskClientBuilder concurrency(int concurrency) {
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            throw new IllegalArgumentException(
                    "concurrency takes a number from 1 to " + MAX_CONCURRENCY + ", not " + concurrency);
        }
        this.concurrency = concurrency;
        return this;
    }

    /**
     * Sets how many requests the client sends in a minute, over all its calls, at the most; by default there is no such
     * bound. They are spaced evenly, one each {@code 60 / requestsPerMinute} seconds, and a quiet time saves up none.
     * Where the rate is low, a bulk stop begins with fewer ids at once than {@link #concurrency}, so that none waits
     * for its turn until its {@linkplain StopRetry#withDeadline deadline}.
     *
     * @param requestsPerMinute from 1 to 6,000,000; of a limit that the key has, leave some to others who use it
     * @return this builder
     */
    public TaskClientBuilder requestsPerMinute(int requestsPerMinute) {
        if (requestsPerMinute < 1 || requestsPerMinute > MAX_REQUESTS_PER_MINUTE) {
            throw new IllegalArgumentException("requestsPerMinute takes a number from 1 to " + MAX_REQUESTS_PER_MINUTE
                    + ", not " + requestsPerMinute);
        }
        this.requestsPerMinute = requestsPerMinute;
        return this;
    }

    /**
     * Sets how long it may take to open a connection, the handshake of TLS aside; the default is 10 seconds. Where a
     * host has several addresses it is for each. A stop that gets no connection was not sent, and is tried again. A
     * {@code CONNECT_TIMEOUT_MILLIS} that {@link #httpClient} sets goes before it.
     *
     * @param connectTimeout from 1 to 2,147,483,647 milliseconds; what is finer is cut off
     * @return this builder
     */
    public TaskClientBuilder connectTimeout(Duration connectTimeout) {
        this.connectTimeout = Durations.requireMillis("connectTimeout", connectTimeout);
        return this;
    }

    /**
     * Sets how long one request may take in all: the wait for a connection and its opening, the sending, the answer to
     * its end; the default is 10 seconds. Of a log stream it is the time until the answer begins. It is not the time that
     * a whole stop may take: see {@link StopRetry#withDeadline}.
     *
     * @param requestTimeout from 1 to 2,147,483,647 milliseconds
     * @return this builder
     */
    public TaskClientBuilder requestTimeout(Duration requestTimeout) {
        this.requestTimeout = Durations.requireMillis("requestTimeout", requestTimeout);
        return this;
    }

    /**
     * Sets how hard a stop tries; the default is {@link StopRetry#defaults()}.
     *
     * @param retry the settings
     * @return this builder
     */
    public TaskClientBuilder retry(StopRetry retry) {
        this.retry = requireNonNull(retry, "retry");
        return this;
    }

    /**
     * Sets how long to wait between two questions for a task's status, where a task is waited for; the default is 1
     * second. The wait grows by half from question to question, up to ten times this, and varies by a fifth.
     *
     * @param pollInterval the first wait; from 1 to 2,147,483,647 milliseconds
     * @return this builder
     */
    public TaskClientBuilder pollInterval(Duration pollInterval) {
        this.pollInterval = Durations.requireMillis("pollInterval", pollInterval);
        return this;
    }

    /**
     * Adjusts the HTTP client: a proxy, trust and certificates, event loops, a resolver (such as the JVM's,
     * {@code client.resolver(DefaultAddressResolverGroup.INSTANCE)}, where Netty's is slow), a pool. Redirects and
     * Reactor Netty's own retry stay off, and the time-out stays {@link #requestTimeout}, whatever it does. Called
     * again, it adds an adjustment to those before.
     *
     * <p>A pool comes with a client of its own, {@code HttpClient.create(pool)}, which then has nothing of what was
     * configured so far: HTTP/2 over TLS, the {@link #connectTimeout}, headers. The pool must have room for the
     * concurrency, and is the caller's to close. Log streams are carried by a second client, for which the adjustment
     * is asked again when the first one is opened; its pool must have room for them beside the concurrency. It is asked
     * once more, too, where a server turns out to speak HTTP/1.1 only over TLS.
     *
     * @param httpClient gets the client as configured so far, gives the one to use
     * @return this builder
     */
    public TaskClientBuilder httpClient(UnaryOperator<HttpClient> httpClient) {
        requireNonNull(httpClient, "httpClient");
        UnaryOperator<HttpClient> before = this.httpClient;
        this.httpClient = client ->
                requireNonNull(httpClient.apply(before.apply(client)), "What was given to httpClient gave null");
        return this;
    }

    /**
     * Replaces Reactor Netty by another transport; {@link #httpClient}, {@link #connectTimeout} and
     * {@link #http2PriorKnowledge} then have no effect, and {@link #requestTimeout} bounds nothing but the wait for a key.
     *
     * @param transport the transport; closed with the client
     * @return this builder
     */
    public TaskClientBuilder transport(TaskTransport transport) {
        this.transport = requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Sets what waits are timed on; the default is {@link Schedulers#parallel()}. For tests in virtual time.
     *
     * @param scheduler the scheduler; not disposed with the client. What it does not take is timed by
     *     {@link Schedulers#parallel()}; what it has taken when it is disposed of is lost, so close the client before
     * @return this builder
     */
    public TaskClientBuilder scheduler(Scheduler scheduler) {
        this.scheduler = new GuardedScheduler(requireNonNull(scheduler, "scheduler"));
        return this;
    }

    /**
     * Observes stops and requests with Micrometer, as {@link TaskObservationDocumentation} says; by default nothing is
     * observed. The parent is the observation in the Reactor Context (under {@code micrometer.observation}) or, without
     * one, the current one of the thread that subscribes to what {@link TaskClient} returns; each observation is in the
     * Context of what it surrounds. A handler that throws changes no result. Needs
     * {@code io.micrometer:micrometer-observation}, which this library does not bring.
     *
     * @param observationRegistry the registry
     * @return this builder
     * @see TaskClientMetrics
     */
    public TaskClientBuilder observationRegistry(ObservationRegistry observationRegistry) {
        this.observationRegistry = requireNonNull(observationRegistry, "observationRegistry");
        return this;
    }

    /**
     * Sets names and keys of the observations of stops; the default is what the {@link #observationRegistry} has for
     * {@link StopObservationContext}, and else {@link TaskObservationDocumentation#STOP}.
     *
     * @param convention the convention; when it throws, that observation is lost and nothing else
     * @return this builder
     */
    public TaskClientBuilder stopObservationConvention(StopObservationConvention convention) {
        this.stopConvention = requireNonNull(convention, "convention");
        return this;
    }

    /**
     * Sets names and keys of the observations of HTTP exchanges; the default is what the {@link #observationRegistry}
     * has for {@link RequestObservationContext}, and else {@link TaskObservationDocumentation#REQUEST}.
     *
     * @param convention the convention; when it throws, that observation is lost and nothing else
     * @return this builder
     */
    public TaskClientBuilder requestObservationConvention(RequestObservationConvention convention) {
        this.requestConvention = requireNonNull(convention, "convention");
        return this;
    }

    /**
     * Sets who hears what becomes of every stop; by default nobody does. Called again, it adds a listener to those
     * before.
     *
     * @param stopListener the listener
     * @return this builder
     */
    public TaskClientBuilder stopListener(StopListener stopListener) {
        this.stopListener = new GuardedListener(this.stopListener, requireNonNull(stopListener, "stopListener"));
        return this;
    }

    /**
     * Sets what requests say of the application in their {@code User-Agent} header, after this library's name and
     * version; by default nothing.
     *
     * @param application one or more products, such as {@code my-service/2.3}; printable ASCII, up to 256 characters
     * @return this builder
     * @throws IllegalArgumentException when no header can hold it
     */
    public TaskClientBuilder userAgent(String application) {
        this.userAgent = UserAgent.require(requireNonNull(application, "application"));
        return this;
    }

    /**
     * Allows plain http to a host that is not this machine. The key then travels in the clear.
     *
     * @return this builder
     */
    public TaskClientBuilder allowInsecureHttp() {
        this.insecureHttpAllowed = true;
        return this;
    }

    /**
     * Speaks HTTP/2 over plain http from the first byte, for a server on this machine or a private network that is
     * known to. Over https, HTTP/2 is negotiated without it.
     *
     * @return this builder
     */
    public TaskClientBuilder http2PriorKnowledge() {
        this.http2PriorKnowledge = true;
        return this;
    }

    /**
     * Builds the client. Nothing is connected yet.
     *
     * @return a client
     * @throws IllegalStateException when there is no key, or a library on the class path is missing or too old; the message
     *     names it with the version that is needed
     * @throws IllegalArgumentException when settings are not what they have to be, or contradict each other; the
     *     message names them
     */
    public TaskClient build() {
        if (apiKey == null) {
            throw new IllegalStateException("There is no API key: give one to TaskClient.builder().apiKey(…), or set"
                    + " the environment variable " + KEY_VARIABLE + " for TaskClient.fromEnv()");
        }
        URI url = baseUrl == null ? URI.create(dialect.defaultBaseUrl()) : baseUrl;
        Origin origin = new Origin(url, dialect.optionalBasePath(), insecureHttpAllowed, UserAgent.of(userAgent));
        if (origin.isSecure() && http2PriorKnowledge) {
            throw new IllegalArgumentException(
                    "http2PriorKnowledge is for plain http; over https, HTTP/2 is negotiated without it");
        }
        TaskTransport carrier = transport == null ? overNetty(origin) : new GuardedTransport(transport);
        // Micrometer need not be there: without a registry its types are not touched.
        CallObserver observer = observationRegistry == null
                ? CallObserver.NONE
                : MicrometerObserver.of(observationRegistry, dialect.name(), stopConvention, requestConvention);
        ApiCalls api =
                new ApiCalls(dialect, origin, apiKey.within(requestTimeout, scheduler), carrier, scheduler, observer);
        Gate gate = new Gate(concurrency, requestsPerMinute, retry.minBackoff(), retry.maxPause(), scheduler);
        return new DefaultTaskClient(
                api, gate, retry, bulkConcurrency(), pollInterval, scheduler, observer, stopListener);
    }

    private TaskTransport overNetty(Origin origin) {
        Libraries.requireForNetty();
        return new NettyTransport(origin, http2PriorKnowledge, concurrency, connectTimeout, requestTimeout, httpClient);
    }

    /** Of the stops that a bulk stop has begun, the last one has to get its turn, and another, before its deadline. */
    private int bulkConcurrency() {
        if (requestsPerMinute == Gate.NO_RATE) {
            return concurrency;
        }
        double turns = requestsPerMinute * (retry.deadline().toMillis() / 60_000.0);
        return (int) Math.max(1, Math.min(concurrency, turns / 4));
    }
}
