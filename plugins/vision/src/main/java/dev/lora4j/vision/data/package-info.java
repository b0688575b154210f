/** Pictures with classes, and how they become what a network reads. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.vision.data;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
