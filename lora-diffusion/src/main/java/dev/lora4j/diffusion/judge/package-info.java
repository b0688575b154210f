/** Scores of pictures: which style, which concept, how near to the true picture. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.judge;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
