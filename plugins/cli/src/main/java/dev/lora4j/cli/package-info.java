/** The {@code lora4j} command: the first user of the libraries. */
@NullMarked
package dev.lora4j.cli;

import org.jspecify.annotations.NullMarked;
