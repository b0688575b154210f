/** Recordings with their texts. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.whisper.data;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
