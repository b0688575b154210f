/** The command {@code vision}. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.vision.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
