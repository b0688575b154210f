/** Commands that make pictures: generate and grid. */
@NullMarked
package dev.lora4j.cli.generate;

import org.jspecify.annotations.NullMarked;
