/** The denoiser: diffusers' UNet2DConditionModel. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.unet;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
