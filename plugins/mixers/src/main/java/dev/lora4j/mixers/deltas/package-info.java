/** Mixers that make one change of several: one class for each, and the steps that they share. */
@NullMarked
package dev.lora4j.mixers.deltas;

import org.jspecify.annotations.NullMarked;
