/** Flow transformers at their published widths. */
@NullMarked
package dev.lora4j.bench.flow;

import org.jspecify.annotations.NullMarked;
