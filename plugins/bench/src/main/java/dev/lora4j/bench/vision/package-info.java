/** A step of training on pictures with classes. */
@NullMarked
package dev.lora4j.bench.vision;

import org.jspecify.annotations.NullMarked;
