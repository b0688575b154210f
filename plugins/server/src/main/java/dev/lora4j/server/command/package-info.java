/** The command serve. */
@NullMarked
package dev.lora4j.server.command;

import org.jspecify.annotations.NullMarked;
