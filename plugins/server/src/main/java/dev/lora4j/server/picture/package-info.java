/** Pictures: requests of many clients, made in batches of one base. */
@NullMarked
package dev.lora4j.server.picture;

import org.jspecify.annotations.NullMarked;
