/**
 * Weights in few bits: {@link dev.lora4j.core.quantised.Quantisation} says how they become fewer,
 * forms beside it how a program makes numbers of them again.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.quantised;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
