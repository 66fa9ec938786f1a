/** The examples of the starter's guide, outside of what the application scans for its beans. */
@NullMarked
package dev.taskstop.guide;

import org.jspecify.annotations.NullMarked;
