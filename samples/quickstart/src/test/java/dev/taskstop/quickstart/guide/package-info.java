/** The examples of the guide in {@code core/README.md}: one class a chapter, and the tests that run them. */
@NullMarked
package dev.taskstop.quickstart.guide;

import org.jspecify.annotations.NullMarked;
