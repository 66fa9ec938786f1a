package dev.taskstop;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets {@code StepVerifier} wait. By itself it looks every ten nanoseconds whether what it verifies has ended (in
 * reactor-test 3.8), and so takes one core from what it waits for. Registered for every test.
 */
public final class StepVerifierWaits implements BeforeAllCallback {

    private static final String VERIFIER = "reactor/test/DefaultStepVerifierBuilder$DefaultVerifySubscriber";
    private static final long NANOS = 10;
    private static final long NANOS_INSTEAD = 200_000;

    /** How a class file begins a constant of eight bytes. */
    private static final byte CONSTANT_LONG = 5;

    static {
        instrumentation().addTransformer(new ClassFileTransformer() {
            @Override
            public byte @Nullable [] transform(
                    @Nullable ClassLoader loader,
                    String name,
                    @Nullable Class<?> redefined,
                    @Nullable ProtectionDomain domain,
                    byte[] bytes) {
                return name.equals(VERIFIER) ? patient(bytes) : null;
            }
        });
    }

    /** By the means of BlockHound. Not compiled against, because it carries annotations that are not there. */
    private static Instrumentation instrumentation() {
        try {
            return (Instrumentation) Class.forName("reactor.blockhound.shaded.net.bytebuddy.agent.ByteBuddyAgent")
                    .getMethod("install")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {}

    private static byte @Nullable [] patient(byte[] bytes) {
        ByteBuffer classFile = ByteBuffer.wrap(bytes.clone());
        for (int i = 0; i + Long.BYTES < bytes.length; i++) {
            if (bytes[i] == CONSTANT_LONG && classFile.getLong(i + 1) == NANOS) {
                return classFile.putLong(i + 1, NANOS_INSTEAD).array();
            }
        }
        return null;
    }
}
