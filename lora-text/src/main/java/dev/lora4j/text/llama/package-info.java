/** LLaMA and the models built like it: Mistral, Qwen2, Qwen3, SmolLM, Granite. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.llama;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
