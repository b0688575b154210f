/**
 * Arithmetic of adapters that never forms the change of a weight: sums, truncation, norms, angles,
 * and extraction from two checkpoints.
 */
@NullMarked
package dev.lora4j.core.lowrank;

import org.jspecify.annotations.NullMarked;
