/** Benchmark of the share of a step in the native operators. */
@NullMarked
package dev.lora4j.bench.kernels;

import org.jspecify.annotations.NullMarked;
