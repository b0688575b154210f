/** Base models on disk: the diffusers folder layout. */
@NullMarked
package dev.lora4j.diffusion.base;

import org.jspecify.annotations.NullMarked;
