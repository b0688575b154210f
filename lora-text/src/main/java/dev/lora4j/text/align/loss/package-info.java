/** Losses of pairs of completions. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.align.loss;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
