/** Loading and unloading of adapters on request, as vLLM's clients ask for it. */
@NullMarked
package dev.lora4j.server.vllm;

import org.jspecify.annotations.NullMarked;
