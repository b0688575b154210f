/** Command evaluate: scores of a style adapter. */
@NullMarked
package dev.lora4j.cli.evaluate;

import org.jspecify.annotations.NullMarked;
