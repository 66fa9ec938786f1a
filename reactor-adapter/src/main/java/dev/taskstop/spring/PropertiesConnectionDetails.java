package dev.taskstop.spring;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What the properties say. */
record PropertiesConnectionDetails(TaskstopProperties properties) implements TaskstopConnectionDetails {

    @Override
    public @Nullable URI getBaseUrl() {
        return properties.baseUrl();
    }

    @Override
    public @Nullable String getApiKey() {
        return properties.apiKey();
    }
}
