package dev.taskstop.room;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells where the page is and how to log in, on the terminal that started it. */
@Component
class Greeting {

    private final Login login;
    private final Exposure exposure;

    Greeting(Login login, Exposure exposure) {
        this.login = login;
        this.exposure = exposure;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        if (event.getApplicationContext() instanceof ReactiveWebServerApplicationContext context
                && context.getWebServer() != null) {
            String password = login.madeUp()
                    ? "password " + String.join("", login.passwords().values())
                    : "with the password that was set";
            System.out.printf(
                    "%nThe control room is at %s://%s:%d%n%s, %s. Ctrl-C ends it.%n%n",
                    exposure.scheme(),
                    exposure.host(),
                    context.getWebServer().getPort(),
                    (login.users().size() == 1 ? "User " : "Users ") + String.join(", ", login.users()),
                    password);
            if (exposure.isEverywhere()) {
                System.out.printf(
                        "It listens on %s: who reaches this machine can try to log in.%n%n", exposure.address());
            }
        }
    }
}
