/** Scores of adapters: the action {@code evaluate}. */
@NullMarked
package dev.lora4j.studio.evaluation;

import org.jspecify.annotations.NullMarked;
