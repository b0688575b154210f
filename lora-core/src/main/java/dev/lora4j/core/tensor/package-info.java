/**
 * Tensors, and programs over them: mathematics is staged as expressions and runs as one native
 * call.
 */
@NullMarked
package dev.lora4j.core.tensor;

import org.jspecify.annotations.NullMarked;
