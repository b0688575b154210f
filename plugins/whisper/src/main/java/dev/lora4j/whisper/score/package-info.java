/** How many words of a transcript are wrong. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.whisper.score;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
