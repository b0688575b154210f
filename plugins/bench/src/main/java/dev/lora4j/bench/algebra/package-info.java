/** Arithmetic of published adapters: reading, resizing, merging. */
@NullMarked
package dev.lora4j.bench.algebra;

import org.jspecify.annotations.NullMarked;
