/** Phi-3 and the models built like it: Phi-3.5, Phi-4, Phi-4-mini. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.phi3;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
