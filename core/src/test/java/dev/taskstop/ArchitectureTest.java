package dev.taskstop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The rules of the design that a compiler does not check. */
@AnalyzeClasses(packages = "dev.taskstop")
class ArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.taskstop");

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

    /**
     * Client → bulk stop → one stop → gate and API call → dialect → transport, and log stream → gate and API call; each
     * knows only what is behind it.
     */
    @Test
    void the_stages_only_point_one_way() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("client")
                .definedBy(belongToAnyOf(
                        TaskClient.class,
                        TaskClientBuilder.class,
                        DefaultTaskClient.class,
                        DefaultActiveTasks.class,
                        RegisteredTasks.class))
                .layer("bulk stop and races")
                .definedBy(belongToAnyOf(
                        BulkStop.class, BulkWatch.class, Sweeps.class, Rounds.class, FirstPage.class, Await.class))
                .layer("one stop")
                .definedBy(belongToAnyOf(
                        OneStop.class,
                        Batch.class,
                        BulkStopDemand.class,
                        Maximum.class,
                        RetryBudget.class,
                        StatusQuestion.class,
                        StatusHolds.class,
                        Revival.class,
                        TaskList.class,
                        TaskSelection.class,
                        ListCursor.class))
                .layer("log stream")
                .definedBy(belongToAnyOf(LogStream.class))
                .layer("gate")
                .definedBy(belongToAnyOf(
                        Gate.class,
                        GateLimit.class,
                        GateLatency.class,
                        GateRate.class,
                        GatePause.class,
                        GateCall.class,
                        GatePermits.class,
                        GateQueue.class))
                .layer("call")
                .definedBy(belongToAnyOf(TaskApi.class, ApiKey.class))
                .layer("dialect")
                .definedBy(belongToAnyOf(
                        TaskDialect.class,
                        CloudDialect.class,
                        CloudLogEvents.class,
                        CloudDetails.class,
                        CloudDiffStats.class,
                        AgentV1Dialect.class,
                        AgentV1Details.class,
                        AgentV1LogEvents.class,
                        LogEvents.class,
                        Paging.class,
                        ServerSentEvents.class,
                        Json.class,
                        JsonLeniency.class,
                        Timestamp.class,
                        RetryAfter.class,
                        TaskIds.class))
                .layer("transport")
                .definedBy(belongToAnyOf(
                        TaskTransport.class,
                        NettyTransport.class,
                        NettyStreams.class,
                        NettyClients.class,
                        NettyClient.class,
                        NettyExchange.class,
                        NettyDeadlines.class,
                        NettyPool.class,
                        NettyHttp1Codec.class,
                        NettyHttp2Connection.class,
                        NettyHttp2Stream.class,
                        ResponseBody.class,
                        GuardedTransport.class,
                        Origin.class,
                        UserAgent.class,
                        TaskRequest.class,
                        TaskResponse.class))
                .layer("observation")
                .definedBy(belongToAnyOf(
                        CallObserver.class,
                        MicrometerObserver.class,
                        TaskObservationDocumentation.class,
                        StopObservationContext.class,
                        StopObservationConvention.class,
                        RequestObservationContext.class,
                        RequestObservationConvention.class,
                        StopListener.class,
                        GuardedListener.class))
                .whereLayer("client")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bulk stop and races")
                .mayOnlyBeAccessedByLayers("client")
                .whereLayer("one stop")
                .mayOnlyBeAccessedByLayers("client", "bulk stop and races")
                .whereLayer("log stream")
                .mayOnlyBeAccessedByLayers("client", "bulk stop and races")
                .whereLayer("gate")
                .mayOnlyBeAccessedByLayers("client", "bulk stop and races", "one stop", "log stream")
                .whereLayer("call")
                .mayOnlyBeAccessedByLayers("client", "one stop", "log stream")
                .whereLayer("dialect")
                .mayOnlyBeAccessedByLayers("client", "one stop", "log stream", "call")
                .whereLayer("transport")
                .mayOnlyBeAccessedByLayers("client", "call", "dialect", "observation")
                .whereLayer("observation")
                .mayOnlyBeAccessedByLayers("client", "bulk stop and races", "one stop", "call")
                .whereLayer("observation")
                .mayOnlyAccessLayers("transport")
                .check(MAIN);
    }

    @Test
    void only_the_transport_and_the_builder_know_http_and_only_the_dialects_know_json() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.taskstop\\.Netty.*")
                .and()
                .doNotBelongToAnyOf(TaskClientBuilder.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor.netty..")
                .check(MAIN);
        noClasses()
                .that()
                .doNotBelongToAnyOf(
                        TaskDialect.class, CloudLogEvents.class, AgentV1LogEvents.class, Json.class, JsonLeniency.class)
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
                .notHaveRawReturnType(
                        describe("of Jackson", type -> type.getPackageName().startsWith("tools.jackson")))
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

        for (DescribedPredicate<JavaCall<?>> rule :
                java.util.List.of(BLOCKING, ON_ERROR_CONTINUE, UNBOUNDED_VERIFIER)) {
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
