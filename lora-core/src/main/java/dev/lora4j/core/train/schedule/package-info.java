/** How the learning rate changes over a run, as functions of the number of the step. */
@NullMarked
package dev.lora4j.core.train.schedule;

import org.jspecify.annotations.NullMarked;
