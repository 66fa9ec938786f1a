package dev.taskstop.spring;

import static java.util.Objects.requireNonNull;

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

    private final @Nullable String bean;

    /**
     * Creates the exception.
     *
     * @param name the property, without {@code taskstop.}
     * @param reason what the property takes
     */
    InvalidSettingException(String name, String reason) {
        this("taskstop." + name, reason, null);
    }

    private InvalidSettingException(String property, String reason, @Nullable String bean) {
        super(property, "******", reason);
        this.bean = bean;
    }

    /** The same, where a bean said it in the place of the property. */
    InvalidSettingException saidBy(Object bean) {
        return new InvalidSettingException(
                getName(),
                requireNonNull(getReason()),
                "a bean of type " + bean.getClass().getName());
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
            String bean = failure.bean;
            String origin = bean == null ? origin(failure.getName()) : bean;
            return new FailureAnalysis(
                    "The property " + failure.getName() + (bean == null ? "" : ", as a bean has it,") + " will not do: "
                            + failure.getReason()
                            + (origin == null ? "" : "\n\nOrigin: " + origin),
                    bean == null
                            ? "Change " + failure.getName() + ", or take it away where it need not be set."
                            : "Change what that bean says.",
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
