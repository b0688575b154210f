/**
 * Arithmetic of adapters that never forms the change of a weight: sums, truncation, norms, angles,
 * and extraction from two checkpoints.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.lowrank;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
