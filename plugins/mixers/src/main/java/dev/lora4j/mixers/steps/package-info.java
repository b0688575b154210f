/**
 * Mixers that decide at each step: on the adapter whose turn it is, or on one output of several.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.mixers.steps;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
