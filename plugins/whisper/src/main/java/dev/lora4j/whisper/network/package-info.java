/** Networks of Whisper and their family. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.whisper.network;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
