/** Records of a training run in progress: tables and TensorBoard's event files. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.log;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
