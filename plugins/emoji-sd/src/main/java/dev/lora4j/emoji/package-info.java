/** The bundled base model emoji-sd, and the recipe it was made by. */
@NullMarked
package dev.lora4j.emoji;

import org.jspecify.annotations.NullMarked;
