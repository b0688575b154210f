/** The denoiser: diffusers' UNet2DConditionModel. */
@NullMarked
package dev.lora4j.diffusion.unet;

import org.jspecify.annotations.NullMarked;
