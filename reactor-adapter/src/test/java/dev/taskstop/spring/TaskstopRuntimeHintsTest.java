package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskDialect;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

class TaskstopRuntimeHintsTest {

    @Test
    void every_answer_that_is_read_can_be_reflected_on_in_a_native_image() throws ReflectiveOperationException {
        RuntimeHints hints = new RuntimeHints();
        new TaskstopRuntimeHints().registerHints(hints, getClass().getClassLoader());
        Set<Class<?>> answers = new LinkedHashSet<>();
        for (TaskDialect dialect : new TaskDialect[] {TaskDialect.cloud(), TaskDialect.agentV1()}) {
            for (Field field : dialect.getClass().getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getGenericType() instanceof ParameterizedType reader
                        && reader.getRawType().getTypeName().equals("dev.taskstop.DialectJson")) {
                    addAnswers(reader.getActualTypeArguments()[0], answers);
                }
            }
        }

        assertThat(answers)
                .hasSizeGreaterThanOrEqualTo(9)
                .allSatisfy(answer -> assertThat(RuntimeHintsPredicates.reflection()
                                .onType(answer)
                                .withMemberCategories(
                                        MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
                                        MemberCategory.INVOKE_DECLARED_METHODS,
                                        MemberCategory.ACCESS_DECLARED_FIELDS))
                        .accepts(hints));
    }

    private static void addAnswers(Type type, Set<Class<?>> answers) {
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                addAnswers(argument, answers);
            }
        } else if (type instanceof Class<?> found
                && found.getPackageName().equals("dev.taskstop")
                && answers.add(found)) {
            for (Field field : found.getDeclaredFields()) {
                addAnswers(field.getGenericType(), answers);
            }
        }
    }
}
