/**
 * The loop that trains an adapter of anything: a {@link dev.lora4j.core.train.run.TrainingTask}
 * says what is trained, and {@link dev.lora4j.core.train.run.TrainingLoop} takes the steps, with
 * checkpoints, validation, and a diagnosis of what is not finite.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.run;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
