/** Training of adapters on pictures with classes. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.vision.train;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
