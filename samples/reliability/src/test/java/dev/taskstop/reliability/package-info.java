/** Whether the library keeps its promises when everything else breaks: chaos, cancellation, and a long run. */
@NullMarked
package dev.taskstop.reliability;

import org.jspecify.annotations.NullMarked;
