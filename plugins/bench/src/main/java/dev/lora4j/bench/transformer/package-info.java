/** A training step of a transformer's low-rank factors. */
@NullMarked
package dev.lora4j.bench.transformer;

import org.jspecify.annotations.NullMarked;
