/**
 * The training loop for an adapter of any model: a {@link dev.lora4j.core.train.run.TrainingTask}
 * defines the training, and {@link dev.lora4j.core.train.run.TrainingLoop} takes the steps, with
 * checkpoints, validation, and a diagnosis of numbers that are not finite.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.run;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
