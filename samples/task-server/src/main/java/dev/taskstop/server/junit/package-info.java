/** The task server in the tests of who uses the library. */
@NullMarked
package dev.taskstop.server.junit;

import org.jspecify.annotations.NullMarked;
