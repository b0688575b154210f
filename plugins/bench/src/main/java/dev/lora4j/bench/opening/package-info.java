/** Opening a checkpoint, before any tensor is read. */
@NullMarked
package dev.lora4j.bench.opening;

import org.jspecify.annotations.NullMarked;
