/** Evaluation of a style adapter: which pictures are made, what judges say of them, targets. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.evaluation;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
