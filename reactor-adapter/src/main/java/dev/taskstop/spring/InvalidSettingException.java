package dev.taskstop.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * A property has a value that will not do. The value itself is not shown: it may be a secret, or have one in it. What
 * may be shown of it is in the reason.
 */
final class InvalidSettingException extends InvalidConfigurationPropertyValueException {

    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param name the property, without {@code taskstop.}
     * @param reason what the property takes
     */
    InvalidSettingException(String name, String reason) {
        super("taskstop." + name, "******", reason);
    }

    /**
     * Tells name, origin and reason. Comes before Spring Boot's own analyzer, which prints the value, the key's too, and
     * gives up on a name that is written in another form than the documented one.
     */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Analyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

        private final Environment environment;

        Analyzer(Environment environment) {
            this.environment = environment;
        }

        @Override
        protected FailureAnalysis analyze(Throwable root, InvalidSettingException failure) {
            String origin = origin(failure.getName());
            return new FailureAnalysis(
                    "The property " + failure.getName() + " will not do: " + failure.getReason()
                            + (origin == null ? "" : "\n\nOrigin: " + origin),
                    "Change " + failure.getName() + ", or take it away where it need not be set.",
                    failure);
        }

        private @Nullable String origin(String name) {
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                ConfigurationProperty property = source.getConfigurationProperty(ConfigurationPropertyName.of(name));
                if (property != null && property.getOrigin() != null) {
                    return property.getOrigin().toString();
                }
            }
            return null;
        }
    }
}
