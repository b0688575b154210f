/** The text encoder of Stable Diffusion: words to the context that the UNet attends to. */
@NullMarked
package dev.lora4j.diffusion.clip;

import org.jspecify.annotations.NullMarked;
