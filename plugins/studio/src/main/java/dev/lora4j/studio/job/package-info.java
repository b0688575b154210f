/** Command lines in a queue that survives the program, and the processes that run them. */
@NullMarked
package dev.lora4j.studio.job;

import org.jspecify.annotations.NullMarked;
