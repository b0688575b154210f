/** The command {@code recipe}: whole uses of adapters, each by one command. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
