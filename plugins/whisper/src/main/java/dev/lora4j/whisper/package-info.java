/** Speech recognition with Whisper and adapters on it. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.whisper;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
