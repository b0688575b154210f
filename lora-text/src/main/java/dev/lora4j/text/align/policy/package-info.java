/** Losses of completions that a model wrote itself and that were rewarded. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.align.policy;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
