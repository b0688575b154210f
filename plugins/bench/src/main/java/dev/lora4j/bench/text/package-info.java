/** Language models: decoding, many adapters at once, a training step. */
@NullMarked
package dev.lora4j.bench.text;

import org.jspecify.annotations.NullMarked;
