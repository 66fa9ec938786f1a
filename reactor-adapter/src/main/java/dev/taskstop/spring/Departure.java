package dev.taskstop.spring;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskRequestException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

/**
 * Whether a request has left, told by what stands next to the HTTP client: no filter is behind it, so that what other
 * filters do before a request or after an answer, and what they throw, changes nothing.
 */
final class Departure {

    private static final String ATTRIBUTE = Departure.class.getName();

    /** In the place of a count, once it has been told that nothing left. */
    private static final int KEPT_BACK = -1;

    private final TaskRequest request;

    /** How many requests may be on their way for this one; a filter may send several. */
    private final AtomicInteger left = new AtomicInteger();

    Departure(TaskRequest request) {
        this.request = request;
    }

    /** What a request carries through the filters. */
    static String attribute() {
        return ATTRIBUTE;
    }

    /** To be called with what the whole of it failed with. */
    Throwable classify(Throwable failure, Watch watch) {
        return keepBack() && !watch.blind ? TaskRequestException.notSent(request, unwrapped(failure)) : failure;
    }

    /** Nobody waits any more: what has not left does not, whatever a filter does. Tells whether none has left. */
    boolean keepBack() {
        return left.compareAndSet(0, KEPT_BACK) || left.get() == KEPT_BACK;
    }

    private boolean leaves() {
        if (left.get() == KEPT_BACK) {
            return false;
        }
        // First, so that whoever finds that it could not be kept back any more has been told.
        request.markSent();
        return left.updateAndGet(count -> count == KEPT_BACK ? count : count + 1) != KEPT_BACK;
    }

    private void didNotLeave() {
        left.decrementAndGet();
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof WebClientRequestException && cause != null ? cause : failure;
    }

    /** The filter next to the HTTP client. */
    static final class Watch implements ExchangeFilterFunction {

        private static final String APACHE_CONNECT_TIMEOUT = "org.apache.hc.client5.http.ConnectTimeoutException";

        private final boolean callsWhenConnected;
        private final boolean isJetty;

        /** Some filter hides whose request it sends; from then on nothing is said of any. */
        private volatile boolean blind;

        /** Reactor Netty asks for the request when it has a connection; the others ask before, and then connect. */
        Watch(ClientHttpConnector connector) {
            this.callsWhenConnected = connector instanceof ReactorClientHttpConnector;
            this.isJetty = ConnectorBuilder.isJetty(connector);
        }

        @Override
        public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
            if (!(request.attribute(ATTRIBUTE).orElse(null) instanceof Departure departure)) {
                blind = true;
                return next.exchange(request);
            }
            ClientRequest watched = ClientRequest.from(request)
                    .body((message, context) -> departure.leaves()
                            ? request.body().insert(message, context)
                            : Mono.error(new CancellationException("Nobody waits for an answer any more")))
                    .build();
            return next.exchange(watched).doOnError(failure -> {
                if (!callsWhenConnected && isWithoutConnection(failure)) {
                    departure.didNotLeave();
                }
            });
        }

        /** What the HTTP client itself fails with where it got no connection, and only then. */
        private boolean isWithoutConnection(Throwable failure) {
            Throwable cause = unwrapped(failure);
            return cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException
                    || cause instanceof HttpConnectTimeoutException
                    || (cause instanceof SocketTimeoutException && isAboutConnecting(cause))
                    || (cause instanceof SSLHandshakeException && isAboutTrust(cause));
        }

        /** Jetty has such a failure for nothing else; Apache has a type of its own, beside that for a late answer. */
        private boolean isAboutConnecting(Throwable timeout) {
            return isJetty || timeout.getClass().getName().equals(APACHE_CONNECT_TIMEOUT);
        }

        /** The refusal is this side's; the other side's may come after the request was sent. */
        private static boolean isAboutTrust(Throwable failure) {
            for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    return true;
                }
            }
            return false;
        }
    }
}
