package dev.taskstop.spring;

import dev.taskstop.spring.TaskstopProperties.Sweep;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Defines a bean for each sweep of the properties. What binding passes over is refused here: a name that is none, and a value
 * that is empty. Each would leave a condition out, and then more would be stopped than was meant.
 */
final class SweepRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Bindable<List<Map<String, String>>> AS_WRITTEN =
            Bindable.of(ResolvableType.forClassWithGenerics(
                    List.class, ResolvableType.forClassWithGenerics(Map.class, String.class, String.class)));

    private final Environment environment;

    SweepRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Binder binder = Binder.get(environment);
        List<Map<String, String>> sweeps =
                binder.bind("taskstop.sweeps", AS_WRITTEN).orElse(List.of());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < sweeps.size(); i++) {
            String name = name(i, sweeps.get(i), names, binder);
            RootBeanDefinition definition = new RootBeanDefinition(SweepLifecycle.class);
            definition.setAutowireMode(RootBeanDefinition.AUTOWIRE_CONSTRUCTOR);
            definition.getConstructorArgumentValues().addIndexedArgumentValue(0, i);
            registry.registerBeanDefinition("taskstopSweep." + name, definition);
        }
    }

    private static String name(int index, Map<String, String> written, Set<String> names, Binder binder) {
        written.forEach((key, value) -> check(index, key, value, binder));
        String name = written.entrySet().stream()
                .filter(property -> uniform(property.getKey()).equals("name"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
        if (!name.matches("[A-Za-z0-9]+(-[A-Za-z0-9]+)*")) {
            throw new InvalidSettingException(
                    "sweeps[" + index + "].name",
                    "it takes a name of letters, digits and single hyphens, for example forgotten");
        }
        if (!names.add(name)) {
            throw new InvalidSettingException("sweeps[" + index + "].name", "another sweep has the same name");
        }
        return name;
    }

    private static void check(int index, String key, String value, Binder binder) {
        String property = ConfigurationPropertyName.adapt("sweeps[" + index + "]." + key, '.')
                .toString();
        if (properties().noneMatch(known -> isWritten(known, index, key, value, binder))) {
            throw new InvalidSettingException(
                    property,
                    "a sweep has no such property. It takes "
                            + String.join(", ", properties().toList()));
        }
        if (value.isBlank()) {
            throw new InvalidSettingException(property, "it is empty; without it the sweep would be another one");
        }
        Texts.read(property, value);
    }

    /** In the environment a word may stand apart, {@code OLDER_THAN}; in a file, as {@code older.than}, it is not bound. */
    private static boolean isWritten(String known, int index, String key, String value, Binder binder) {
        return uniform(known).equals(uniform(key))
                && (!key.contains(".")
                        || binder.bind("taskstop.sweeps[" + index + "]." + known, String.class)
                                .map(value::equals)
                                .orElse(false));
    }

    private static String uniform(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }

    /** How the properties of a sweep are called. */
    static Stream<String> properties() {
        return Stream.of(Sweep.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }
}
