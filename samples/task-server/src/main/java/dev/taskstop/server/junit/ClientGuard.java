package dev.taskstop.server.junit;

import dev.taskstop.TaskClient;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ClassUtils;

/** Lets no client into a test that would send its requests elsewhere, to a real API for example. */
final class ClientGuard implements BeanPostProcessor {

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1]");
    private static final String CONNECTION_DETAILS = "dev.taskstop.spring.TaskstopConnectionDetails";

    private final URI server;
    private final ListableBeanFactory beans;

    ClientGuard(URI server, ListableBeanFactory beans) {
        this.server = server;
        this.beans = beans;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof TaskClient client) {
            check(client.baseUrl(), beanName);
        }
        return bean;
    }

    private void check(@Nullable URI url, String beanName) {
        // A mock in the place of a client has no address.
        if (url != null && !isServer(url)) {
            throw new IllegalStateException("The TaskClient '" + beanName + "' would send its requests to "
                    + url.getScheme() + "://" + url.getAuthority() + ", and not to the task server of @TaskstopTest at "
                    + server + ". Let it be built by the injected TaskClientBuilder, without a base address, and leave"
                    + " connection details of the application's own out of this test; there are "
                    + connectionDetails());
        }
    }

    private boolean isServer(URI url) {
        return url.getPort() == server.getPort()
                && LOOPBACK.matcher(String.valueOf(url.getHost())).matches();
    }

    private List<String> connectionDetails() {
        ClassLoader loader = ClientGuard.class.getClassLoader();
        return ClassUtils.isPresent(CONNECTION_DETAILS, loader)
                ? List.of(
                        beans.getBeanNamesForType(ClassUtils.resolveClassName(CONNECTION_DETAILS, loader), true, false))
                : List.of();
    }
}
