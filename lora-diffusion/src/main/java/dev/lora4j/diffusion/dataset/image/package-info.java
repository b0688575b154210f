/** Picture files as bytes of colour: reading them whole, turning, resizing, cropping. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.dataset.image;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
