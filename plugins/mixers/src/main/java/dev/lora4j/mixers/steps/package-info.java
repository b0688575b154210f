/** Mixers that decide anew at each step: whose turn it is, and what becomes of several outputs. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.mixers.steps;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
