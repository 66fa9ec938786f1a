@NullMarked
package dev.taskstop.spring;

import org.jspecify.annotations.NullMarked;
