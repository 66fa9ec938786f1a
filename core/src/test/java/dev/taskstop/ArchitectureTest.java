package dev.taskstop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The rules of the design that a compiler does not check. */
@AnalyzeClasses(packages = "dev.taskstop")
class ArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.taskstop");

    private static final DescribedPredicate<JavaClass> JACKSON =
            describe("of Jackson", type -> type.getPackageName().startsWith("tools.jackson"));

    private static final DescribedPredicate<JavaCall<?>> BLOCKING = describe(
            "a blocking operator",
            call -> call.getTarget().getName().matches("block(First|Last|Optional)?|toIterable|toStream")
                    && call.getTargetOwner().getPackageName().startsWith("reactor."));

    private static final DescribedPredicate<JavaCall<?>> ON_ERROR_CONTINUE =
            describe("onErrorContinue", call -> call.getTarget().getName().equals("onErrorContinue"));

    private static final DescribedPredicate<JavaCall<?>> UNBOUNDED_VERIFIER = describe(
            "a verifier that waits for ever",
            call -> call.getTargetOwner().getName().startsWith(StepVerifier.class.getName())
                    && call.getTarget().getName().matches("verify.*")
                    && call.getTarget().getRawParameterTypes().stream().noneMatch(t -> t.isEquivalentTo(Duration.class))
                    && !call.getTarget().getName().equals("verifyThenAssertThat"));

    private static final DescribedPredicate<JavaAccess<?>> SLEEP = describe(
            "Thread.sleep",
            access -> access.getTargetOwner().isEquivalentTo(Thread.class)
                    && access.getTarget().getName().equals("sleep"));

    @Test
    void each_type_is_in_one_stage() {
        List<String> types = MAIN.stream()
                .filter(type -> type.getPackageName().equals("dev.taskstop"))
                .filter(JavaClass::isTopLevelClass)
                .map(JavaClass::getSimpleName)
                .filter(name -> !name.equals("package-info"))
                .toList();

        assertThat(types).allSatisfy(type -> assertThat(Stage.of(type)).as(type).hasSize(1));
        assertThat(Stream.of(Stage.values()).flatMap(stage -> stage.types().stream()))
                .containsExactlyInAnyOrderElementsOf(types);
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void a_stage_knows_only_those_behind_it(Stage stage) {
        assertThat(stage.known()).as("no way leads back").allMatch(other -> other.compareTo(stage) < 0);
        noClasses()
                .that(areIn(stage))
                .should()
                .dependOnClassesThat(areInAnyBut(stage))
                .check(MAIN);
    }

    @Test
    void the_drawing_of_the_stages_is_made_from_the_code() throws IOException {
        assertThat(Files.readString(Path.of("..", "CONTRIBUTING.md")))
                .as("the drawing in CONTRIBUTING.md has to be%n%s", Stage.drawing())
                .contains(Stage.drawing());
    }

    private static DescribedPredicate<JavaClass> areIn(Stage stage) {
        return describe("are in " + stage, type -> Stage.of(outermost(type)).anyMatch(stage::equals));
    }

    private static DescribedPredicate<JavaClass> areInAnyBut(Stage stage) {
        return describe(
                "are in none of " + stage.known(),
                type -> Stage.of(outermost(type))
                        .anyMatch(it -> it != stage && !stage.known().contains(it)));
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElseGet(type::getSimpleName);
    }

    @Test
    void only_the_stage_of_netty_and_the_builder_know_http_and_only_the_dialects_know_json() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.taskstop\\.Netty.*")
                .and()
                .doNotBelongToAnyOf(TaskClientBuilder.class, Libraries.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor.netty..")
                .check(MAIN);
        // Netty's parser of dates is the one thing of Netty's that a dialect has use for.
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.taskstop\\.Netty.*")
                .and()
                .doNotBelongToAnyOf(DialectHttpDate.class, Libraries.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(MAIN);
        noClasses()
                .that()
                .doNotBelongToAnyOf(
                        TaskDialect.class,
                        CloudLogEvents.class,
                        AgentV1LogEvents.class,
                        DialectJson.class,
                        DialectJsonLeniency.class,
                        Libraries.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(MAIN);
    }

    @Test
    void only_what_observes_and_the_builder_know_micrometer() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(
                        MicrometerObserver.class,
                        TaskObservationDocumentation.class,
                        StopObservationContext.class,
                        StopObservationConvention.class,
                        RequestObservationContext.class,
                        RequestObservationConvention.class,
                        TaskClientMetrics.class,
                        TaskClientBuilder.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(MAIN);
    }

    @Test
    void no_public_signature_names_a_type_of_jackson() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .notHaveRawReturnType(JACKSON)
                .andShould()
                .notHaveRawParameterTypes(
                        describe("one of Jackson", types -> types.stream().anyMatch(JACKSON)))
                .check(MAIN);
    }

    @Test
    void main_code_neither_blocks_nor_sleeps_nor_continues_on_errors() {
        noClasses().should().callMethodWhere(BLOCKING).check(MAIN);
        noClasses().should().callMethodWhere(ON_ERROR_CONTINUE).check(MAIN);
        noClasses().should().accessTargetWhere(SLEEP).check(MAIN);
    }

    @Test
    void internals_are_package_private() {
        classes()
                .that()
                .haveSimpleNameStartingWith("Default")
                .or()
                .haveSimpleNameStartingWith("Netty")
                .or()
                .haveSimpleNameEndingWith("Observer")
                .or()
                .haveSimpleNameEndingWith("Stop")
                .should()
                .notHaveModifier(JavaModifier.PUBLIC)
                .check(MAIN);
    }

    @ArchTest
    static final ArchRule tests_wait_within_a_bound =
            noClasses().that().doNotHaveSimpleName("Forbidden").should().callMethodWhere(UNBOUNDED_VERIFIER);

    @ArchTest
    static final ArchRule nothing_sleeps =
            noClasses().that().doNotHaveSimpleName("Forbidden").should().accessTargetWhere(SLEEP);

    @Test
    void the_rules_find_what_they_forbid() {
        JavaClasses forbidden = new ClassFileImporter().importClasses(Forbidden.class);

        for (DescribedPredicate<JavaCall<?>> rule : List.of(BLOCKING, ON_ERROR_CONTINUE, UNBOUNDED_VERIFIER)) {
            assertThatThrownBy(() -> noClasses().should().callMethodWhere(rule).check(forbidden))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("Forbidden");
        }
        assertThatThrownBy(() -> noClasses().should().accessTargetWhere(SLEEP).check(forbidden))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Forbidden");
    }

    /** Never run; each method does what a rule forbids. */
    @SuppressWarnings("unused")
    private static final class Forbidden {

        void block() {
            Flux.just(1).blockLast();
        }

        void carryOn() {
            Flux.just(1).onErrorContinue((error, value) -> {}).subscribe();
        }

        void waitForEver() {
            StepVerifier.create(Flux.empty()).verifyComplete();
        }

        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }
    }
}
