/** Which requests are admitted, and who sent them, decided from their heads alone. */
@NullMarked
package dev.lora4j.server.guard;

import org.jspecify.annotations.NullMarked;
