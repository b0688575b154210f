/** Training beside frozen layers in few bits: what making their numbers again and again costs. */
@NullMarked
package dev.lora4j.bench.quantised;

import org.jspecify.annotations.NullMarked;
