/** Training: optimisers, the step as one program, the state that a step changes. */
@NullMarked
package dev.lora4j.core.train;

import org.jspecify.annotations.NullMarked;
