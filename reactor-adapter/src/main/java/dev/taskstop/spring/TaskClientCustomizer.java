package dev.taskstop.spring;

import dev.taskstop.TaskClientBuilder;

/**
 * Adjusts the client before it is built, for what no property is there for: a key that changes, another pool, another
 * proxy. All beans of this type are called, in the order of their {@link org.springframework.core.annotation.Order},
 * after the properties were applied.
 */
@FunctionalInterface
public interface TaskClientCustomizer {

    /**
     * Adjusts the client.
     *
     * @param builder the builder with all settings so far
     */
    void customize(TaskClientBuilder builder);
}
