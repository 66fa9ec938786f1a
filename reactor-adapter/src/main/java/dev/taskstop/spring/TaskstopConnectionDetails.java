package dev.taskstop.spring;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the task API is, and with which key it is spoken to. By default the properties {@code taskstop.base-url} and
 * {@code taskstop.api-key} say so; a bean of this type overrides them, in a test for example.
 */
public interface TaskstopConnectionDetails extends ConnectionDetails {

    /**
     * Returns where the API is.
     *
     * @return the address, or null for the public one of the dialect
     */
    @Nullable
    URI getBaseUrl();

    /**
     * Returns the key. It is a secret.
     *
     * @return the key, or null when a {@link TaskClientCustomizer} brings one
     */
    @Nullable
    String getApiKey();
}
