package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.web.server.savedrequest.ServerRequestCache;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Remembers in a cookie, for some minutes, which page somebody wanted who has to log in first; a page whose session ends
 * sets it, too. Spring's own cache of that kind forgets it with the next request, which is the one for the login page.
 */
final class WantedPage implements ServerRequestCache {

    private static final String COOKIE = "WANTED";
    private static final Duration AGE = Duration.ofMinutes(10);

    @Override
    public Mono<Void> saveRequest(ServerWebExchange exchange) {
        if (!HttpMethod.GET.equals(exchange.getRequest().getMethod())) {
            return Mono.empty();
        }
        return Mono.fromRunnable(() -> {
            URI uri = exchange.getRequest().getURI();
            String page = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
            exchange.getResponse()
                    .addCookie(
                            ResponseCookie.from(COOKIE, Base64.getUrlEncoder().encodeToString(page.getBytes(UTF_8)))
                                    .path("/")
                                    .maxAge(AGE)
                                    .sameSite("Strict")
                                    .build());
        });
    }

    @Override
    public Mono<URI> getRedirectUri(ServerWebExchange exchange) {
        return Mono.justOrEmpty(exchange.getRequest().getCookies().getFirst(COOKIE))
                .map(HttpCookie::getValue)
                .map(value -> new String(Base64.getUrlDecoder().decode(value), UTF_8))
                .filter(page -> page.startsWith("/") && !page.startsWith("//") && !page.startsWith("/\\"))
                .map(URI::create)
                .onErrorResume(IllegalArgumentException.class, garbled -> Mono.empty());
    }

    /** The request goes on as it is. */
    @Override
    public Mono<ServerHttpRequest> removeMatchingRequest(ServerWebExchange exchange) {
        return Mono.empty();
    }
}
