package dev.taskstop.spring;

import dev.taskstop.StopListener;
import dev.taskstop.TaskClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;

/**
 * Keeps the recent stops of each client by the name of its bean. A builder is injected while the bean is made that
 * builds it; so the name of that bean is the one that its client will have.
 */
final class RecentStopsByClient implements InstantiationAwareBeanPostProcessor {

    private final Map<String, RecentStops> stops = new ConcurrentHashMap<>();

    /** Beans are made by one thread each, and several threads may make some. */
    private final Map<Thread, Deque<String>> inCreation = new ConcurrentHashMap<>();

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> type, String beanName) {
        if (TaskClient.class.isAssignableFrom(type)) {
            inCreation
                    .computeIfAbsent(Thread.currentThread(), thread -> new ArrayDeque<>())
                    .push(beanName);
        }
        return null;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof TaskClient) {
            inCreation.computeIfPresent(Thread.currentThread(), (thread, names) -> {
                // With what was begun within it and failed.
                while (names.contains(beanName)) {
                    names.pop();
                }
                return names.isEmpty() ? null : names;
            });
        }
        return bean;
    }

    /** Returns who listens to the client that is being made; null where none is, and the builder is somebody's own. */
    @Nullable
    StopListener listener() {
        Deque<String> names = inCreation.get(Thread.currentThread());
        return names == null ? null : of(shown(names.getFirst()));
    }

    /** A client behind a scoped proxy is known by the name of the proxy. */
    private static String shown(String beanName) {
        return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
    }

    RecentStops of(String clientName) {
        return stops.computeIfAbsent(clientName, name -> new RecentStops());
    }
}
