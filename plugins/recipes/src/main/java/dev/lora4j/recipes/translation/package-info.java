/** An adapter for each pair of languages. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes.translation;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
