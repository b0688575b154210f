/** The denoiser: diffusers' UNet2DConditionModel. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.unet;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
