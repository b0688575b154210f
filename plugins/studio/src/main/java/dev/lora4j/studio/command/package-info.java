/** The command {@code studio}: its options, and the routes of all rooms. */
@NullMarked
package dev.lora4j.studio.command;

import org.jspecify.annotations.NullMarked;
