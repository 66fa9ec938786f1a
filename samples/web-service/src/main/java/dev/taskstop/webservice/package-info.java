/** A WebFlux service on the starter. */
@NullMarked
package dev.taskstop.webservice;

import org.jspecify.annotations.NullMarked;
