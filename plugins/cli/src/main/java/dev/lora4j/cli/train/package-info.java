/** Commands that train: train, plan, quickstart, and base models. */
@NullMarked
package dev.lora4j.cli.train;

import org.jspecify.annotations.NullMarked;
