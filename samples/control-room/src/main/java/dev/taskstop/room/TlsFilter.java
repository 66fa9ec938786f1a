package dev.taskstop.room;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What comes from another machine came through TLS, by the connection or by the word of the proxy; nothing but health is
 * answered otherwise. Every cookie that goes through TLS is {@code Secure}, whoever made it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TlsFilter implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        if ("https".equalsIgnoreCase(request.getURI().getScheme())) {
            response.beforeCommit(() -> Mono.fromRunnable(() -> secure(response)));
            return chain.filter(exchange);
        }
        if (isLocal(request) || request.getPath().value().startsWith("/actuator/health")) {
            return chain.filter(exchange);
        }
        response.setStatusCode(HttpStatus.FORBIDDEN);
        return response.setComplete();
    }

    private static boolean isLocal(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote != null
                && remote.getAddress() != null
                && remote.getAddress().isLoopbackAddress();
    }

    private static void secure(ServerHttpResponse response) {
        response.getCookies()
                .replaceAll((name, cookies) -> cookies.stream()
                        .map(cookie -> cookie.mutate().secure(true).build())
                        .collect(Collectors.toCollection(ArrayList::new)));
    }
}
