/** A step of training a style, beside those who train adapters in Python. */
@NullMarked
package dev.lora4j.bench.training;

import org.jspecify.annotations.NullMarked;
