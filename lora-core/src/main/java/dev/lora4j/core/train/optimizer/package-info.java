/** Optimisers: what a gradient does to weights, staged into the step. */
@NullMarked
package dev.lora4j.core.train.optimizer;

import org.jspecify.annotations.NullMarked;
