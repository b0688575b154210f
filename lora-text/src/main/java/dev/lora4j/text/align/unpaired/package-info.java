/** Losses of single completions. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.align.unpaired;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
