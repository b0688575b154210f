/** Ready reward functions. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.align.reward;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
