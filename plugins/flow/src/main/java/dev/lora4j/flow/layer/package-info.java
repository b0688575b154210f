/** Parts that transformers of flows share: time, modulation, streams of words and of a picture. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.flow.layer;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
