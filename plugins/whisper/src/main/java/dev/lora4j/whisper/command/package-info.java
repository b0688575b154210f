/** The command {@code speech}. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.whisper.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
