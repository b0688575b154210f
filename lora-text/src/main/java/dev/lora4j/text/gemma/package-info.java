/** Gemma 2 and 3, and what their text models share. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.gemma;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
