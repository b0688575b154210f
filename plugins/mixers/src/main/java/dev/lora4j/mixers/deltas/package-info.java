/** Mixers that make one change of several: one class for each, and the steps that they share. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.mixers.deltas;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
