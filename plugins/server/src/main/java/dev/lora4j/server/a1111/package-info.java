/** The protocol of AUTOMATIC1111's web UI, which many programs for pictures speak. */
@NullMarked
package dev.lora4j.server.a1111;

import org.jspecify.annotations.NullMarked;
