/** Console of the program: what commands print, progress, errors in the user's words, JSON. */
@NullMarked
package dev.lora4j.cli.console;

import org.jspecify.annotations.NullMarked;
