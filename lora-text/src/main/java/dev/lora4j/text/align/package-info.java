/**
 * Learning what is better: losses of pairs of completions, of which one is preferred; rewards for
 * completions that the model writes.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.text.align;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
