/** The layout of diffusers: the model, the layer, and PEFT's role. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.format.diffusers;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
