package dev.taskstop.guide;

import reactor.core.publisher.Mono;

/** Where keys are kept; what an application has in its place. */
interface Vault {

    Mono<String> readKey();
}
