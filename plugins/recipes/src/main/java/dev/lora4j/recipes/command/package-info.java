/** The command {@code recipe}. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
