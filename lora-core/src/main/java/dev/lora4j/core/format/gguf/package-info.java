/** Adapters in the GGUF files of llama.cpp. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.format.gguf;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
