package dev.taskstop.spring;

import dev.taskstop.spring.TaskstopProperties.Transport;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Conditions on the value that binding gives, not on the text of a property: {@code no}, {@code off} and {@code 0} are
 * false as well, and {@code WEB_CLIENT} is {@code web-client}.
 */
final class BoundConditions {

    private BoundConditions() {}

    private static <T> T bound(ConditionContext context, String name, Class<T> type, T otherwise) {
        try {
            return Binder.get(context.getEnvironment())
                    .bind("taskstop." + name, type)
                    .orElse(otherwise);
        } catch (BindException e) {
            // What cannot be bound is told when the properties are, with its origin.
            return otherwise;
        }
    }

    /** Whether tracked tasks are to be stopped at a shutdown. */
    static final class StopTracked implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return bound(context, "shutdown.stop-tracked", Boolean.class, true);
        }
    }

    /** Whether a {@code WebClient} is to carry requests. */
    static final class ByWebClient implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return bound(context, "transport", Transport.class, Transport.REACTOR_NETTY) == Transport.WEB_CLIENT;
        }
    }

    /** Whether an SSL bundle is named. */
    static final class HasBundle implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return StringUtils.hasText(bound(context, "ssl.bundle", String.class, ""));
        }
    }

    /** Whether handlers for the web are wanted. */
    static final class ProblemDetails implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return bound(context, "problem-details.enabled", Boolean.class, false);
        }
    }
}
