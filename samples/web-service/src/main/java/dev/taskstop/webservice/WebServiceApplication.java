package dev.taskstop.webservice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A service that starts, stops and waits for tasks, and that leaves none of its own running when it ends. */
@SpringBootApplication
public class WebServiceApplication {

    /** Starts it. */
    public static void main(String[] arguments) {
        SpringApplication.run(WebServiceApplication.class, arguments);
        // Runs when the context is closed: after a signal the JVM would say 143, although everything was put in order.
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
