/** How well a language model does on texts that it was not taught. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.evaluate;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
