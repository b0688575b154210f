/**
 * Language models in GGUF files, in the words of transformers: configurations, names of weights.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.gguf;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
