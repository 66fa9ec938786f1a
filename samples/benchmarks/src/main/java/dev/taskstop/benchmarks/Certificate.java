package dev.taskstop.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.tls.HeldCertificate;

/** A certificate for the loopback address that signs itself, made for one run; as PEM files. */
record Certificate(Path chain, Path key) {

    static Certificate create(Path directory) throws IOException {
        HeldCertificate held = new HeldCertificate.Builder()
                .commonName("benchmarks")
                .addSubjectAlternativeName(Server.HOST)
                .build();
        return new Certificate(
                Files.writeString(directory.resolve("certificate.pem"), held.certificatePem()),
                Files.writeString(directory.resolve("key.pem"), held.privateKeyPkcs8Pem()));
    }
}
