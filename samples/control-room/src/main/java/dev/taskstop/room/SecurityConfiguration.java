package dev.taskstop.room;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UserDetailsRepositoryReactiveAuthenticationManager;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.server.DefaultServerRedirectStrategy;
import org.springframework.security.web.server.DelegatingServerAuthenticationEntryPoint;
import org.springframework.security.web.server.DelegatingServerAuthenticationEntryPoint.DelegateEntry;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationSuccessHandler;
import org.springframework.security.web.server.authentication.ServerAuthenticationFailureHandler;
import org.springframework.security.web.server.authentication.ServerAuthenticationSuccessHandler;
import org.springframework.security.web.server.authentication.logout.DelegatingServerLogoutHandler;
import org.springframework.security.web.server.authentication.logout.SecurityContextServerLogoutHandler;
import org.springframework.security.web.server.authentication.logout.WebSessionServerLogoutHandler;
import org.springframework.security.web.server.authorization.HttpStatusServerAccessDeniedHandler;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.savedrequest.ServerRequestCache;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Form login, a CSRF token on every POST, and headers that allow no script but the page's own files. Only who has logged
 * in has a session: the token and the page to come back to are kept in cookies.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String LOGIN = "/login";

    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        ServerRequestCache cache = new WantedPage();
        ServerCsrfTokenRepository tokens = tokens();
        return http.authorizeExchange(exchanges -> exchanges
                        .pathMatchers(LOGIN, "/room.css", "/favicon.svg", "/actuator/health/**")
                        .permitAll()
                        .anyExchange()
                        .authenticated())
                .requestCache(spec -> spec.requestCache(cache))
                .formLogin(login -> login.loginPage(LOGIN)
                        .authenticationEntryPoint(entryPoint(cache))
                        .authenticationSuccessHandler(successHandler(cache, tokens))
                        .authenticationFailureHandler(failureHandler()))
                .logout(logout -> logout.logoutHandler(new DelegatingServerLogoutHandler(
                        new SecurityContextServerLogoutHandler(), new WebSessionServerLogoutHandler())))
                .csrf(csrf -> csrf.csrfTokenRepository(tokens)
                        .requireCsrfProtectionMatcher(SecurityConfiguration::needsToken)
                        .accessDeniedHandler(withoutToken()))
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .headers(headers -> headers.contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_SECURITY_POLICY))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
                .build();
    }

    /** Only a page that a person opens is led to the login; a script that would not know what to do with it gets 401. */
    private static ServerAuthenticationEntryPoint entryPoint(ServerRequestCache cache) {
        DelegatingServerAuthenticationEntryPoint entryPoint = new DelegatingServerAuthenticationEntryPoint(
                new DelegateEntry(
                        exchange -> result(isByScript(exchange.getRequest())),
                        new HttpStatusServerEntryPoint(HttpStatus.UNAUTHORIZED)),
                new DelegateEntry(
                        exchange -> result(hadSession(exchange.getRequest())), loginPage(LOGIN + "?ended", cache)));
        entryPoint.setDefaultEntryPoint(loginPage(LOGIN, cache));
        return entryPoint;
    }

    private static ServerAuthenticationEntryPoint loginPage(String location, ServerRequestCache cache) {
        RedirectServerAuthenticationEntryPoint redirect = new RedirectServerAuthenticationEntryPoint(location);
        redirect.setRequestCache(cache);
        return redirect;
    }

    private static boolean hadSession(ServerHttpRequest request) {
        HttpCookie session = request.getCookies().getFirst("SESSION");
        return session != null && !session.getValue().isEmpty();
    }

    private static boolean isByScript(ServerHttpRequest request) {
        String mode = request.getHeaders().getFirst("Sec-Fetch-Mode");
        List<MediaType> accept = request.getHeaders().getAccept();
        return request.getHeaders().containsHeader("HX-Request")
                || (mode != null && !mode.equals("navigate"))
                || (!accept.isEmpty() && accept.stream().noneMatch(MediaType.TEXT_HTML::isCompatibleWith));
    }

    /** A token from before a login ends with it: what a page of another user still shows stops nothing in the new name. */
    private static ServerAuthenticationSuccessHandler successHandler(
            ServerRequestCache cache, ServerCsrfTokenRepository tokens) {
        RedirectServerAuthenticationSuccessHandler redirect = new RedirectServerAuthenticationSuccessHandler("/");
        redirect.setRequestCache(cache);
        return (exchange, user) -> tokens.saveToken(exchange.getExchange(), null)
                .then(Mono.defer(() -> redirect.onAuthenticationSuccess(exchange, user)));
    }

    private static ServerAuthenticationFailureHandler failureHandler() {
        return (exchange, failure) -> {
            String why = failure instanceof LockedException ? "wait" : "error";
            return redirect(exchange.getExchange(), LOGIN + "?" + why);
        };
    }

    private static ServerCsrfTokenRepository tokens() {
        CookieServerCsrfTokenRepository tokens = new CookieServerCsrfTokenRepository();
        tokens.setHeaderName("X-CSRF-TOKEN");
        tokens.setCookieName("CSRF");
        tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
        return tokens;
    }

    /** A login page that is older than its token works where the browser says that the form is the page's own. */
    private static Mono<MatchResult> needsToken(ServerWebExchange exchange) {
        boolean ownLogin = exchange.getRequest().getPath().value().equals(LOGIN)
                && "same-origin".equals(exchange.getRequest().getHeaders().getFirst("Sec-Fetch-Site"));
        return ownLogin ? MatchResult.notMatch() : CsrfWebFilter.DEFAULT_CSRF_MATCHER.matches(exchange);
    }

    /** Where the browser does not say so, the login page comes again, with a token that is good. */
    private static ServerAccessDeniedHandler withoutToken() {
        ServerAccessDeniedHandler refuse = new HttpStatusServerAccessDeniedHandler(HttpStatus.FORBIDDEN);
        return (exchange, denied) -> exchange.getRequest().getPath().value().equals(LOGIN)
                ? redirect(exchange, LOGIN + "?stale")
                : refuse.handle(exchange, denied);
    }

    private static Mono<MatchResult> result(boolean matches) {
        return matches ? MatchResult.match() : MatchResult.notMatch();
    }

    private static Mono<Void> redirect(ServerWebExchange exchange, String location) {
        return new DefaultServerRedirectStrategy().sendRedirect(exchange, URI.create(location));
    }

    @Bean
    Login login(RoomProperties properties) {
        return Login.of(properties);
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    ReactiveAuthenticationManager authentication(Login login, PasswordEncoder encoder) {
        UserDetailsRepositoryReactiveAuthenticationManager passwords =
                new UserDetailsRepositoryReactiveAuthenticationManager(users(login, encoder));
        passwords.setPasswordEncoder(encoder);
        return new LoginGuard(passwords, login.users(), Batches::now);
    }

    /** A name of nobody is looked up as long as one of a user, against a password that nobody has. */
    private static ReactiveUserDetailsService users(Login login, PasswordEncoder encoder) {
        UserDetails nobody = user("nobody", encoder.encode(UUID.randomUUID().toString()));
        MapReactiveUserDetailsService users = new MapReactiveUserDetailsService(login.passwords().entrySet().stream()
                .map(it -> user(
                        it.getKey(), Login.isEncoded(it.getValue()) ? it.getValue() : encoder.encode(it.getValue())))
                .toList());
        return name -> users.findByUsername(name).defaultIfEmpty(nobody);
    }

    private static UserDetails user(String name, @Nullable String encoded) {
        return User.withUsername(name).password(encoded).roles("OPERATOR").build();
    }
}
