/** Text to image: prompt, sampler, adapters, picture. */
@NullMarked
package dev.lora4j.diffusion.pipeline;

import org.jspecify.annotations.NullMarked;
