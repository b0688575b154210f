/** Captions of pictures: their variation from step to step, and checks of their text. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset.caption;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
