/**
 * Calibration: batches of the training data decide ranks and first factors before the first step.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.calibration;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
