/** Weights by name, and the layers that all models share. */
@NullMarked
package dev.lora4j.core.nn;

import org.jspecify.annotations.NullMarked;
