/** How much of a step is spent in the native operators. */
@NullMarked
package dev.lora4j.bench.kernels;

import org.jspecify.annotations.NullMarked;
