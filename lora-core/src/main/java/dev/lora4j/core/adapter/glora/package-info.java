/**
 * GLoRA (Chavan et al. 2023) as LyCORIS has it: a low-rank change of the weight and of its input.
 */
@NullMarked
package dev.lora4j.core.adapter.glora;

import org.jspecify.annotations.NullMarked;
