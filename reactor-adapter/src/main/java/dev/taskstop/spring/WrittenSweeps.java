package dev.taskstop.spring;

import dev.taskstop.spring.TaskstopProperties.Sweep;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * The sweeps as they are written. What binding passes over is refused here: a name that is none, a value that is empty,
 * what is no list. Each would leave a condition out, and then more would be stopped than was meant, or leave the sweep out.
 */
final class WrittenSweeps {

    private static final ConfigurationPropertyName SWEEPS = ConfigurationPropertyName.of("taskstop.sweeps");

    private static final Bindable<List<Map<String, String>>> AS_WRITTEN =
            Bindable.of(ResolvableType.forClassWithGenerics(
                    List.class, ResolvableType.forClassWithGenerics(Map.class, String.class, String.class)));

    /** Blanks and quotes may be meant in these; in no other text of a sweep. */
    private static final Set<String> FREE_TEXTS = Set.of("prompt", "reason");

    private final Environment environment;
    private final Binder binder;

    private WrittenSweeps(Environment environment) {
        this.environment = environment;
        this.binder = Binder.get(environment);
    }

    /**
     * Checks the sweeps of an environment.
     *
     * @return the names, in the order of the list
     * @throws InvalidSettingException where one will not do
     */
    static List<String> names(Environment environment) {
        return new WrittenSweeps(environment).names();
    }

    private List<String> names() {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource listed) {
                listed.stream().filter(SWEEPS::isAncestorOf).forEach(name -> requireElement(name, source));
            }
        }
        List<Map<String, String>> sweeps = binder.bind(SWEEPS, AS_WRITTEN).orElse(List.of());
        List<String> names = new ArrayList<>();
        for (int i = 0; i < sweeps.size(); i++) {
            names.add(name(i, sweeps.get(i), names));
        }
        return names;
    }

    private static void requireElement(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        if (!name.isNumericIndex(SWEEPS.getNumberOfElements())) {
            throw new InvalidSettingException(
                    withoutPrefix(name), "sweeps are a list: taskstop.sweeps[0].name, taskstop.sweeps[0].every, …");
        }
        if (source.getConfigurationProperty(name) == null) {
            throw nothing(withoutPrefix(name));
        }
    }

    private static String withoutPrefix(ConfigurationPropertyName name) {
        return name.subName(1).toString();
    }

    private static InvalidSettingException nothing(String property) {
        return new InvalidSettingException(property, "it is empty; without it the sweep would be another one");
    }

    private String name(int index, Map<String, String> written, List<String> others) {
        written.forEach((key, value) -> check(index, key, value));
        String property = "sweeps[" + index + "].name";
        String name = written.entrySet().stream()
                .filter(entry -> uniform(entry.getKey()).equals("name"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        property,
                        "it is needed: it takes a name, for example forgotten. All of the list is taken from one place,"
                                + " a file or the environment: the first that has any of it"));
        if (!name.matches("[A-Za-z0-9]+(-[A-Za-z0-9]+)*")) {
            throw new InvalidSettingException(
                    property, "it takes a name of letters, digits and single hyphens, for example forgotten");
        }
        if (others.contains(name)) {
            throw new InvalidSettingException(property, "another sweep has the same name");
        }
        return name;
    }

    private void check(int index, String key, String value) {
        String property = ConfigurationPropertyName.adapt("sweeps[" + index + "]." + key, '.')
                .toString();
        RecordComponent known = Stream.of(Sweep.class.getRecordComponents())
                .filter(component -> isWritten(kebab(component), index, key, value))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        property,
                        "a sweep has no such property. It takes "
                                + String.join(", ", properties().toList())));
        if (value.isBlank()) {
            throw nothing(property);
        }
        Texts.read(property, value);
        boolean isName = known.getType() == String.class && !FREE_TEXTS.contains(known.getName());
        if (isName && (!value.equals(value.strip()) || value.matches("(?s)([\"'`]).*\\1"))) {
            throw new InvalidSettingException(
                    property, "it has quotes or blanks around it, and is compared to the letter: no task would match");
        }
    }

    /** In the environment a word may stand apart, {@code OLDER_THAN}; in a file, as {@code older.than}, it is not bound. */
    private boolean isWritten(String known, int index, String key, String value) {
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
        return Stream.of(Sweep.class.getRecordComponents()).map(WrittenSweeps::kebab);
    }

    private static String kebab(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
