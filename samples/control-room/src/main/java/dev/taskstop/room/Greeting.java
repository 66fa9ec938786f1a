package dev.taskstop.room;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells where the page is and how to log in, on the terminal that started it. */
@Component
class Greeting {

    private final Login login;

    Greeting(Login login) {
        this.login = login;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        if (event.getApplicationContext() instanceof ReactiveWebServerApplicationContext context
                && context.getWebServer() != null) {
            System.out.printf(
                    "%nThe control room is at http://localhost:%d%nUser %s, password %s. Ctrl-C ends it.%n%n",
                    context.getWebServer().getPort(), login.username(), login.madeUp() ? login.password() : "as set");
        }
    }
}
