/** Evaluation of a language model on texts that it was not trained on. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.evaluate;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
