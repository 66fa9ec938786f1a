@NullMarked
package dev.taskstop.webservice;

import org.jspecify.annotations.NullMarked;
