/** Concept sliders: adapters that are a direction between two prompts. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.slider;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
