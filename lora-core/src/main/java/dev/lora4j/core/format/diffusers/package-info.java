/** The layout of diffusers: the model, the layer, and PEFT's role. */
@NullMarked
package dev.lora4j.core.format.diffusers;

import org.jspecify.annotations.NullMarked;
