/** Courses of the learning rate over a run, as functions of the number of the step. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.train.schedule;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
