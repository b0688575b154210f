/** Work that clients wait for: one queue and one worker for each base. */
@NullMarked
package dev.lora4j.server.work;

import org.jspecify.annotations.NullMarked;
